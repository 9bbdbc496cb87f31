import * as v from 'valibot';
import type { JournalStore } from '../journal-store.ts';
import { decodePage, type PageRow, type StoredEntry } from './page.ts';
import { TOKEN_BYTES, tokenOf } from './tokens.ts';

/** Which pages may have an entry that is looked for. Times are milliseconds since 1970; `until` is excluded. */
export interface Wanted {
  readonly since: number;
  readonly until: number;
  /** Names of `nameIn`, all of which are in the page. */
  readonly names?: readonly string[] | undefined;
  /** References of people, one of whom is in the page. */
  readonly people?: readonly string[] | undefined;
  /** Ids of callbacks, one of which is in the page. */
  readonly ids?: readonly string[] | undefined;
  /** Search keys, all of which are in the page. */
  readonly keys?: readonly string[] | undefined;
  /** All of these names, or one of these ids of callbacks, are in the page. */
  readonly either?:
    | { readonly names: readonly string[]; readonly ids: readonly string[] }
    | undefined;
}

/** A page that was found, without its entries. */
export interface FoundPage {
  readonly from: number;
  readonly to: number;
  readonly read: () => Promise<readonly StoredEntry[]>;
}

/** How many pages one query finds. */
const STEP = 100;

const Row = v.object({ id: v.number(), from_at: v.number(), to_at: v.number() });
const Data = v.object({
  // D1 answers a list of numbers.
  data: v.nullable(v.union([v.instance(Uint8Array), v.array(v.number())])),
  object: v.nullable(v.string()),
  start: v.nullable(v.number()),
  bytes: v.nullable(v.number()),
});

/** Where pages are stored. */
export type PageStore = Pick<JournalStore, 'DB' | 'ARCHIVE'>;

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(TOKEN_BYTES);
  new DataView(bytes.buffer).setUint32(0, tokenOf(text));
  return bytes;
};

function conditions({ names = [], people, ids, keys = [], either }: Wanted): {
  readonly where: string;
  readonly values: readonly Uint8Array[];
} {
  const has = (column: string): string => `instr(${column}, ?) > 0`;
  const any = (column: string, texts: readonly string[]): string =>
    `(${texts.map(() => has(column)).join(' OR ') || 'false'})`;
  const tests = [
    ...names.map(() => has('names')),
    ...(people ? [any('people', people)] : []),
    ...(ids ? [any('ids', ids)] : []),
    ...keys.map(() => has('keys')),
    ...(either
      ? [
          `(${either.names.map(() => has('names')).join(' AND ') || 'true'} OR ${any('ids', either.ids)})`,
        ]
      : []),
  ];
  return {
    where: tests.map((test) => ` AND ${test}`).join(''),
    values: [
      ...[...names, ...(people ?? []), ...(ids ?? []), ...keys],
      ...[...(either?.names ?? []), ...(either?.ids ?? [])],
    ].map(bytesOf),
  };
}

/** Finds pages: the newest first, or the oldest first. A page is found by tokens, so it may have none of the entries. */
export async function* findPages(
  wanted: Wanted,
  order: 'newest' | 'oldest',
  store: PageStore,
): AsyncGenerator<FoundPage> {
  const { where, values } = conditions(wanted);
  const [column, sort, after] =
    order === 'newest' ? ['to_at', 'DESC', '<'] : ['from_at', 'ASC', '>'];
  let last: { readonly at: number; readonly id: number } | undefined;
  for (;;) {
    const { results } = await store.DB.prepare(
      `SELECT id, from_at, to_at FROM pages WHERE to_at >= ? AND from_at < ?${where}
         ${last ? `AND (${column}, id) ${after} (?, ?)` : ''} ORDER BY ${column} ${sort}, id ${sort} LIMIT ${STEP}`,
    )
      .bind(wanted.since, wanted.until, ...values, ...(last ? [last.at, last.id] : []))
      .all();
    const rows = v.parse(v.array(Row), results);
    for (const { id, from_at: from, to_at: to } of rows)
      yield { from, to, read: () => readPage(id, store) };
    const row = rows.at(-1);
    if (rows.length < STEP || !row) return;
    last = { at: order === 'newest' ? row.to_at : row.from_at, id: row.id };
  }
}

/** Reads the entries of a page; none where it was removed meanwhile. */
export async function readPage(
  id: number,
  { DB, ARCHIVE }: PageStore,
): Promise<readonly StoredEntry[]> {
  const row = await DB.prepare('SELECT data, object, start, bytes FROM pages WHERE id = ?')
    .bind(id)
    .first();
  if (row === null) return [];
  const { data, object, start, bytes } = v.parse(Data, row);
  if (object === null) return data === null ? [] : decodePage(Uint8Array.from(data));
  const range = { offset: start ?? 0, length: bytes ?? 0 };
  const file = await ARCHIVE.get(object, { range });
  return file === null ? [] : decodePage(new Uint8Array(await file.arrayBuffer()));
}

/** Returns the statement that stores a page. */
export const insertPage = (page: PageRow, DB: D1Database): D1PreparedStatement =>
  DB.prepare(
    `INSERT INTO pages (class, from_at, to_at, entries, names, people, ids, keys, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).bind(
    page.class,
    page.from,
    page.to,
    page.entries,
    page.names,
    page.people,
    page.ids,
    page.keys,
    page.data,
  );
