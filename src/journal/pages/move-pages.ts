import * as v from 'valibot';
import type { EntryClass } from '../entry.ts';
import type { PageStore } from './stored-pages.ts';

/** How long (ms) the entries of a page are in D1. */
const HOT = 30 * 60_000;

/** The most pages that one query reads, the most bytes of a file, and the most files of one run: D1 answers 50 MB, and 1,000 queries. */
const MOST = { pages: 12, bytes: 16_000_000, files: 150 };

/** A page that is whole. */
const Row = v.object({
  id: v.number(),
  to_at: v.number(),
  data: v.pipe(v.string(), v.transform(fromHex)),
});
type Row = v.InferOutput<typeof Row>;

const folderOf = (kind: EntryClass): string => `journal/${kind}/`;
/** The name of a file begins with the time of its newest entry, so that files are listed in the order in which they leave. */
const timeDigits = 15;

/**
 * Moves the entries of pages that are half an hour old to R2, many pages in a file, and returns how many pages. Their tokens stay
 * in D1, so that a search reads only the pages that it needs.
 *
 * @storage R2 journal/ | the entries of older pages of the journal, compressed, as in the table `pages` | the
 *   hourly run | `GET /v1/decisions`, `GET /v1/messages`, backtests | as their page
 */
export async function movePages(
  store: PageStore,
  now: number,
  files = MOST.files,
): Promise<number> {
  let moved = 0;
  for (const kind of ['callback', 'consent'] as const)
    for (let file = 0; file < files; file++) {
      const pages = await nextPages(kind, now - HOT, store);
      if (pages.length === 0) break;
      await moveInto(kind, pages, store);
      moved += pages.length;
    }
  return moved;
}

/** Reads the oldest pages that are whole, as many as fit into a file. */
async function nextPages(
  kind: EntryClass,
  before: number,
  { DB }: PageStore,
): Promise<readonly Row[]> {
  const found: Row[] = [];
  let bytes = 0;
  for (;;) {
    const last = found.at(-1);
    const { results } = await DB.prepare(
      `SELECT id, to_at, hex(data) AS data FROM pages WHERE object IS NULL AND class = ?1 AND to_at < ?2
         AND (to_at, id) > (?3, ?4) ORDER BY to_at, id LIMIT ${MOST.pages}`,
    )
      .bind(kind, before, last?.to_at ?? -1, last?.id ?? 0)
      .all();
    const rows = v.parse(v.array(Row), results);
    found.push(...rows);
    bytes += rows.reduce((sum, { data }) => sum + data.length, 0);
    if (rows.length < MOST.pages || bytes >= MOST.bytes) return found;
  }
}

async function moveInto(
  kind: EntryClass,
  pages: readonly Row[],
  { DB, ARCHIVE }: PageStore,
): Promise<void> {
  const newest = String(pages.at(-1)?.to_at ?? 0).padStart(timeDigits, '0');
  // Two runs that overlap take other pages where one was written in between: each has a file of its own.
  const object = `${folderOf(kind)}${newest}-${pages[0]?.id}-${pages.at(-1)?.id}-${pages.length}`;
  const file = new Uint8Array(pages.reduce((sum, { data }) => sum + data.length, 0));
  const places: { readonly id: number; readonly start: number; readonly bytes: number }[] = [];
  let start = 0;
  for (const { id, data } of pages) {
    file.set(data, start);
    places.push({ id, start, bytes: data.length });
    start += data.length;
  }
  await ARCHIVE.put(object, file);
  const isAt = (name: string): string =>
    `(SELECT json_extract(value, '$.${name}') FROM json_each(?2) WHERE json_extract(value, '$.id') = pages.id)`;
  await DB.prepare(
    `UPDATE pages SET data = NULL, object = ?1, start = ${isAt('start')}, bytes = ${isAt('bytes')}
     WHERE object IS NULL AND id IN (SELECT json_extract(value, '$.id') FROM json_each(?2))`,
  )
    .bind(object, JSON.stringify(places))
    .run();
}

/** Returns the bytes of upper-case hexadecimal digits: D1 answers text faster than lists of numbers. */
function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const digit = (at: number): number => {
    const code = text.charCodeAt(at);
    return code > 57 ? code - 55 : code - 48;
  };
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = digit(2 * at) * 16 + digit(2 * at + 1);
  return bytes;
}

/** Removes the files whose entries are all from before a time (milliseconds since 1970), and returns how many. */
export async function removeFiles(
  kind: EntryClass,
  before: number,
  { ARCHIVE }: Pick<PageStore, 'ARCHIVE'>,
): Promise<number> {
  let removed = 0;
  for (;;) {
    const { objects } = await ARCHIVE.list({ prefix: folderOf(kind) });
    const old = objects
      .map(({ key }) => key)
      .filter((key) => Number(key.slice(folderOf(kind).length).split('-')[0]) < before);
    if (old.length === 0) return removed;
    await ARCHIVE.delete(old);
    removed += old.length;
  }
}
