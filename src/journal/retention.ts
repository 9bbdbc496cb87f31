import { hourOf } from './counts.ts';
import type { EntryClass } from './entry.ts';
import { pruneOutcomes } from './outcomes.ts';
import { removeFiles } from './pages/move-pages.ts';
import type { PageStore } from './pages/stored-pages.ts';
import { expireKeys } from './people-keys.ts';

/**
 * How many rows one statement removes, and how many statements one run makes: the keys of thirty days, of millions of people, end
 * at once, and D1 ends a statement that takes long.
 */
const PORTION = 10_000;
const PORTIONS = 100;

/** Removes rows a portion at a time; what is left then goes with a later run. */
async function inPortions(remove: () => D1PreparedStatement): Promise<void> {
  for (let portion = 0; portion < PORTIONS; portion++) {
    const { meta } = await remove().run();
    if (meta.changes < PORTION) return;
  }
}

/**
 * Removes the pages of each class whose retention is over, with the outcomes, counts and keys of people that belong to
 * them, and returns how many entries.
 * @param retention of each class, and `now`: milliseconds
 */
export async function pruneJournal(
  store: PageStore,
  retention: { readonly callback: number; readonly consent: number },
  now: number,
): Promise<number> {
  const { DB } = store;
  let removed = 0;
  for (const kind of ['callback', 'consent'] as const) {
    const before = now - retention[kind];
    const { results } = await DB.prepare(
      'DELETE FROM pages WHERE to_at < ? AND class = ? RETURNING entries',
    )
      .bind(before, kind)
      .all<{ entries: number }>();
    removed += results.reduce((sum, { entries }) => sum + entries, 0);
    await removeFiles(kind, before, store);
    await inPortions(() => expireKeys(kind, before, PORTION, DB));
    // An effect may report its outcome although its decision was never written.
    await inPortions(() => pruneOutcomes(kind, before, PORTION, DB));
  }
  await DB.prepare('DELETE FROM counts WHERE hour < ?')
    .bind(hourOf(now - retention.callback))
    .run();
  return removed;
}

/** How long (ms) a page stays, however full the journal is. */
const NEWEST = 3_600_000;

/**
 * Removes the oldest pages, except proofs of consent, with outcomes that are older than all others, and returns how many entries:
 * a journal that is nearly full has the newest records. The counts of their hours stay.
 */
export async function trimJournal(pages: number, now: number, DB: D1Database): Promise<number> {
  const kind: EntryClass = 'callback';
  const { results } = await DB.prepare(
    `DELETE FROM pages WHERE id IN
       (SELECT id FROM pages WHERE to_at < ? AND class = ? ORDER BY to_at LIMIT ?) RETURNING entries`,
  )
    .bind(now - NEWEST, kind, pages)
    .all<{ entries: number }>();
  const oldest = await DB.prepare(
    'SELECT to_at FROM pages WHERE to_at < ? AND class = ? ORDER BY to_at LIMIT 1',
  )
    .bind(now - NEWEST, kind)
    .first<number>('to_at');
  const before = oldest ?? now - NEWEST;
  await pruneOutcomes(kind, before, PORTION, DB).run();
  return results.reduce((sum, { entries }) => sum + entries, 0);
}

/** Removes drifts from before a time (milliseconds since 1970). */
export async function pruneDrift(DB: D1Database, before: number): Promise<void> {
  await DB.prepare('DELETE FROM drift WHERE at < ?').bind(before).run();
}
