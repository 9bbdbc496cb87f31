import * as v from 'valibot';
import type { Entry } from '../entry.ts';
import { idOf, type StoredEntry, withMore } from './page.ts';
import { type PageStore, readPage } from './stored-pages.ts';
import { tokenOf } from './tokens.ts';

/** How many of the newest pages are looked through for an entry that comes again, as Sinch repeats a callback. */
const NEWEST = 64;

/** How many pages of the time of redelivered entries are looked through at a time: their tokens take megabytes. */
const PORTION = 250;

const Row = v.object({ id: v.number(), to_at: v.number(), ids: v.string() });
/** Characters of a token in hexadecimal. */
const WIDTH = 8;

/**
 * Returns what is stored already of these entries, by `idOf`. All pages from the time of `redelivered` entries are
 * looked through, and the newest ones.
 * @param redelivered entries that the queue delivers again
 */
export async function storedTwice(
  entries: readonly Entry[],
  redelivered: readonly Entry[],
  store: PageStore,
): Promise<ReadonlyMap<string, StoredEntry>> {
  if (entries.length === 0) return new Map();
  const { DB } = store;
  const wanted = new Set(entries.map(({ id }) => tokenOf(id)));
  const suspects = new Set<number>();
  /** Notes the pages that may have one of the entries, and returns the pages. */
  const look = (results: readonly unknown[]): readonly v.InferOutput<typeof Row>[] => {
    const rows = v.parse(v.array(Row), results);
    for (const { id, ids } of rows)
      for (let at = 0; at < ids.length && !suspects.has(id); at += WIDTH)
        if (wanted.has(Number.parseInt(ids.slice(at, at + WIDTH), 16))) suspects.add(id);
    return rows;
  };
  const newest = await DB.prepare(
    `SELECT id, to_at, hex(ids) AS ids FROM pages WHERE id > (SELECT coalesce(max(id), 0) FROM pages) - ${NEWEST}`,
  ).all();
  look(newest.results);
  const times = redelivered.map(({ receivedAt }) => receivedAt);
  let [at, id] = [Math.min(...times), 0];
  while (times.length > 0) {
    const { results } = await DB.prepare(
      'SELECT id, to_at, hex(ids) AS ids FROM pages WHERE (to_at, id) > (?, ?) AND from_at <= ? ORDER BY to_at, id LIMIT ?',
    )
      .bind(at, id, Math.max(...times), PORTION)
      .all();
    const rows = look(results);
    const last = rows.at(-1);
    if (rows.length < PORTION || !last) break;
    [at, id] = [last.to_at, last.id];
  }
  const known = new Map<string, StoredEntry>();
  // Nearly always none: tokens of two callbacks are seldom the same.
  for (const id of suspects)
    for (const entry of await readPage(id, store)) {
      const other = known.get(idOf(entry));
      known.set(idOf(entry), other ? withMore(other, entry) : entry);
    }
  return known;
}
