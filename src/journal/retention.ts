import * as v from 'valibot';
import { hourOf } from './counts.ts';

/** How many entries one statement removes, and how many rounds one run has: D1 limits the duration of a statement. */
const PORTION = { entries: 5_000, rounds: 200 };

/** The bodies of decisions, for the rotation of keys. */
export const decisionBodies = {
  table: 'decisions',
  key: ['id', 'rulebook'],
  column: 'body',
} as const;

/** The contact ids that decisions name, for the rotation of keys. */
export const decisionIds = {
  table: 'decisions',
  key: ['id', 'rulebook'],
  column: 'ids',
} as const;

const Old = v.array(v.object({ id: v.string(), rulebook: v.string(), at: v.number() }));

/**
 * Removes the entries of each class whose retention is over, with their rules and actions, and returns
 * how many. One run removes at most a million, so it runs every hour.
 * @param retention of each class, and `now`: milliseconds
 */
export async function pruneJournal(
  DB: D1Database,
  retention: { readonly callback: number; readonly consent: number },
  now: number,
  portion: { readonly entries: number; readonly rounds: number } = PORTION,
): Promise<number> {
  // Millions of proofs of consent may be older than the oldest callback, so each round starts where the last one ended.
  const old = DB.prepare(`SELECT id, rulebook, at FROM decisions
    WHERE at >= ?3 AND at < max(?1, ?2) AND ((class = 'callback' AND at < ?1) OR (class = 'consent' AND at < ?2))
    ORDER BY at LIMIT ${portion.entries}`);
  let from = 0;
  let removed = 0;
  for (let round = 0; round < portion.rounds; round++) {
    const { results } = await old
      .bind(now - retention.callback, now - retention.consent, from)
      .all();
    const found = v.parse(Old, results);
    if (found.length === 0) break;
    const these = JSON.stringify(found.map(({ id, rulebook }) => [id, rulebook]));
    await DB.batch([
      DB.prepare(
        `DELETE FROM decision_keys WHERE (key, id, rulebook) IN
           (SELECT k.value, d.id, d.rulebook FROM json_each(?1) AS old
            JOIN decisions AS d ON d.id = json_extract(old.value, '$[0]') AND d.rulebook = json_extract(old.value, '$[1]')
            JOIN json_each(d.keys) AS k)`,
      ).bind(these),
      ...['decided_rules', 'decided_actions', 'decisions'].map((table) =>
        DB.prepare(
          `DELETE FROM ${table} WHERE (id, rulebook) IN
             (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?1))`,
        ).bind(these),
      ),
    ]);
    removed += found.length;
    from = found.at(-1)?.at ?? from;
    if (found.length < portion.entries) break;
  }
  await DB.prepare('DELETE FROM counts WHERE hour < ?')
    .bind(hourOf(now - retention.callback))
    .run();
  // An effect may report its outcome although its decision was never written.
  await DB.prepare('DELETE FROM decided_actions WHERE at < ?')
    .bind(now - Math.max(retention.callback, retention.consent))
    .run();
  return removed;
}

/** Removes drifts from before a time (milliseconds since 1970). */
export async function pruneDrift(DB: D1Database, before: number): Promise<void> {
  await DB.prepare('DELETE FROM drift WHERE at < ?').bind(before).run();
}
