import { hourOf } from './counts.ts';
import { pruneOutcomes } from './outcomes.ts';
import { expireKeys } from './people-keys.ts';

/**
 * Removes the pages of each class whose retention is over, with the outcomes, counts and keys of people that belong to
 * them, and returns how many entries.
 * @param retention of each class, and `now`: milliseconds
 */
export async function pruneJournal(
  DB: D1Database,
  retention: { readonly callback: number; readonly consent: number },
  now: number,
): Promise<number> {
  let removed = 0;
  for (const kind of ['callback', 'consent'] as const) {
    const before = now - retention[kind];
    const { results } = await DB.prepare(
      'DELETE FROM pages WHERE to_at < ? AND class = ? RETURNING entries',
    )
      .bind(before, kind)
      .all<{ entries: number }>();
    removed += results.reduce((sum, { entries }) => sum + entries, 0);
    await expireKeys(kind, before, DB).run();
  }
  await DB.batch([
    DB.prepare('DELETE FROM counts WHERE hour < ?').bind(hourOf(now - retention.callback)),
    // An effect may report its outcome although its decision was never written.
    pruneOutcomes(now - Math.max(retention.callback, retention.consent), DB),
  ]);
  return removed;
}

/** Removes drifts from before a time (milliseconds since 1970). */
export async function pruneDrift(DB: D1Database, before: number): Promise<void> {
  await DB.prepare('DELETE FROM drift WHERE at < ?').bind(before).run();
}
