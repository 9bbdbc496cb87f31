import { runAt, time } from './clock.ts';
import { count, countFor, during, noteCall } from './meter.ts';

/** How to ring the alarm of an object, by the id of the object. */
type Ring = (id: string) => Promise<void>;

const alarms = new Map<string, { readonly at: number; readonly cancel: () => void }>();
const sizes = new Map<string, number>();

/** What the objects store, in bytes. */
export const bytesInObjects = (): number => [...sizes.values()].reduce((sum, n) => sum + n, 0);

/** Counts the rows of a statement. All of them are read at once, where the runtime reads as the caller goes on. */
function countingSql(sql: SqlStorage, id: string): object {
  return {
    get databaseSize() {
      return sql.databaseSize;
    },
    exec(text: string, ...bindings: SqlStorageValue[]) {
      const cursor = sql.exec(text, ...bindings);
      const rows = cursor.toArray();
      count('objectRowsRead', cursor.rowsRead);
      count('objectRowsWritten', cursor.rowsWritten);
      if (cursor.rowsWritten > 0) sizes.set(id, sql.databaseSize);
      const one = () => {
        const [row] = rows;
        if (rows.length !== 1 || !row)
          throw new Error(`expected exactly one result: ${rows.length}`);
        return row;
      };
      return {
        toArray: () => rows,
        one,
        next: () => rows.values().next(),
        [Symbol.iterator]: () => rows.values(),
        raw: () => rows.map((row) => Object.values(row)).values(),
        columnNames: cursor.columnNames,
        rowsRead: cursor.rowsRead,
        rowsWritten: cursor.rowsWritten,
      };
    },
  };
}

function countingStorage(storage: DurableObjectStorage, id: string, ring: Ring): object {
  const own: Record<string, unknown> = {
    sql: countingSql(storage.sql, id),
    transactionSync: (run: () => unknown) => storage.transactionSync(run),
    // Setting an alarm is billed as one row written. Source: Durable Objects, pricing.
    async setAlarm(at: number | Date) {
      count('objectRowsWritten');
      alarms.get(id)?.cancel();
      const due = Number(at);
      const cancel = runAt(Math.max(due, time()), () => ring(id));
      alarms.set(id, { at: due, cancel });
    },
    async getAlarm() {
      count('objectRowsRead');
      return alarms.get(id)?.at ?? null;
    },
    async deleteAlarm() {
      alarms.get(id)?.cancel();
      alarms.delete(id);
    },
    async deleteAll() {
      await storage.deleteAll();
      sizes.delete(id);
    },
  };
  return new Proxy(storage, {
    get: (target, name) => {
      if (typeof name === 'string' && name in own) return own[name];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

type Class = new (ctx: DurableObjectState, env: never) => object;

/** Returns a class of objects that counts what it does in its storage, and rings its alarm when it is told. */
export function countingClass(Original: Class, binding: string, env: () => object): Class {
  return class extends Original {
    constructor(ctx: DurableObjectState, real: never) {
      const id = ctx.id.toString();
      const namespace: DurableObjectNamespace = Reflect.get(real, binding);
      const ring: Ring = async (which) => {
        alarms.delete(which);
        const stub = namespace.get(namespace.idFromString(which));
        await countFor(['alarms'], false, () => {
          count('objectRequests');
          return during(
            async (): Promise<unknown> => Reflect.apply(Reflect.get(stub, 'ringAlarm'), stub, []),
          );
        });
      };
      Object.defineProperty(ctx, 'storage', { value: countingStorage(ctx.storage, id, ring) });
      // The Worker's environment, of which every call is counted.
      super(ctx, env() as never);
    }

    async ringAlarm(): Promise<void> {
      await alarmOf(this);
    }
  };
}

const alarmOf = (instance: object): unknown =>
  Reflect.apply(Reflect.get(instance, 'alarm'), instance, []);

/** Counts each call of an object. */
export function countingNamespace(namespace: DurableObjectNamespace, binding: string): object {
  const countingStub = (stub: object): object =>
    new Proxy(stub, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof name !== 'string' || typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          count('objectRequests');
          noteCall(`${binding}.${name}`);
          return during(
            async (): Promise<unknown> => Reflect.apply(Reflect.get(target, name), target, args),
          );
        };
      },
    });
  return new Proxy(namespace, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name === 'get' || name === 'getByName')
        return (...args: unknown[]) => countingStub(Object(Reflect.apply(value, target, args)));
      return value.bind(target);
    },
  });
}
