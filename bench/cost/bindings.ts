import { count, during, noteCall } from './meter.ts';

const sizes = new Map<string, number>();
const files = new Map<string, number>();

/** What the databases and the bucket store, in bytes. */
export const bytesInD1 = (): number => [...sizes.values()].reduce((sum, n) => sum + n, 0);
export const bytesInR2 = (): number => [...files.values()].reduce((sum, n) => sum + n, 0);

/** Counts the rows of a database, as its answers state them. */
export function countingD1(database: D1Database, binding: string): object {
  const note = <T extends { meta: D1Meta }>(result: T): T => {
    count('d1RowsRead', result.meta.rows_read);
    count('d1RowsWritten', result.meta.rows_written);
    sizes.set(binding, result.meta.size_after);
    return result;
  };
  const real = new WeakMap<object, D1PreparedStatement>();
  const statement = (prepared: D1PreparedStatement): object => {
    const all = async () => {
      noteCall(`${binding}.query`);
      return note(await during(() => prepared.all<Record<string, unknown>>()));
    };
    const own = {
      bind: (...values: unknown[]) => statement(prepared.bind(...values)),
      all,
      run: all,
      async first(column?: string) {
        const [row] = (await all()).results;
        return row === undefined ? null : column === undefined ? row : row[column];
      },
      raw: async () => (await all()).results.map((row) => Object.values(row)),
    };
    real.set(own, prepared);
    return own;
  };
  return {
    prepare: (sql: string) => statement(database.prepare(sql)),
    async batch(statements: readonly object[]) {
      noteCall(`${binding}.batch`);
      const all = statements.flatMap((one) => real.get(one) ?? []);
      return (await during(() => database.batch(all))).map(note);
    },
  };
}

/** Counts reads and writes of KV. */
export const countingKv = (kv: KVNamespace): object => ({
  get: (...args: Parameters<KVNamespace['get']>) => {
    count('kvReads');
    noteCall('KV.get');
    return during(async () => Reflect.apply(kv.get, kv, args));
  },
  getWithMetadata: (...args: unknown[]) => {
    count('kvReads');
    noteCall('KV.get');
    return during(async () => Reflect.apply(kv.getWithMetadata, kv, args));
  },
  put: (...args: unknown[]) => {
    count('kvWrites');
    noteCall('KV.put');
    return during(async () => Reflect.apply(kv.put, kv, args));
  },
  delete: (key: string) => {
    count('kvWrites');
    return during(() => kv.delete(key));
  },
  list: (options?: KVNamespaceListOptions) => {
    count('kvWrites');
    return during(() => kv.list(options));
  },
});

/** Counts operations of R2: class A writes and lists, class B reads; deletes are free. Source: R2, pricing. */
export function countingR2(bucket: R2Bucket): object {
  const unitOf: Readonly<Record<string, 'r2ClassA' | 'r2ClassB' | undefined>> = {
    put: 'r2ClassA',
    list: 'r2ClassA',
    createMultipartUpload: 'r2ClassA',
    resumeMultipartUpload: 'r2ClassA',
    get: 'r2ClassB',
    head: 'r2ClassB',
  };
  return new Proxy(bucket, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return async (...args: unknown[]) => {
        const unit = unitOf[name];
        if (unit) count(unit);
        noteCall(`R2.${name}`);
        const result: unknown = await during(async () => Reflect.apply(value, target, args));
        if (name === 'put') files.set(String(args[0]), Number(Reflect.get(Object(result), 'size')));
        if (name === 'delete') for (const key of [args[0]].flat()) files.delete(String(key));
        return result;
      };
    },
  });
}
