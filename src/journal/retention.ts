import * as v from 'valibot';

/** How many entries are removed at once, and how often in one run: D1 does not like long statements. */
const PORTION = { entries: 5_000, most: 200 };

const Old = v.array(v.object({ id: v.string(), rulebook: v.string(), at: v.number() }));

/**
 * Removes entries of each class when their time is over, with their rules and actions; a million in one run at most, so
 * it runs every hour.
 * @param kept how long each class is kept, and `now`: milliseconds
 * @param portion how many at once, and how often
 */
export async function pruneJournal(
  DB: D1Database,
  kept: { readonly callback: number; readonly consent: number },
  now: number,
  portion: { readonly entries: number; readonly most: number } = PORTION,
): Promise<number> {
  // Proofs of consent lie before the oldest callback by the million: what was passed over once is not read again.
  const old = DB.prepare(`SELECT id, rulebook, at FROM decisions
    WHERE at >= ?3 AND at < max(?1, ?2) AND ((class = 'callback' AND at < ?1) OR (class = 'consent' AND at < ?2))
    ORDER BY at LIMIT ${portion.entries}`);
  let from = 0;
  let removed = 0;
  for (let round = 0; round < portion.most; round++) {
    const { results } = await old.bind(now - kept.callback, now - kept.consent, from).all();
    const found = v.parse(Old, results);
    if (found.length === 0) break;
    const these = JSON.stringify(found.map(({ id, rulebook }) => [id, rulebook]));
    await DB.batch(
      ['decided_rules', 'decided_actions', 'decisions'].map((table) =>
        DB.prepare(
          `DELETE FROM ${table} WHERE (id, rulebook) IN
             (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?1))`,
        ).bind(these),
      ),
    );
    removed += found.length;
    from = found.at(-1)?.at ?? from;
    if (found.length < portion.entries) break;
  }
  // An effect can report although its decision was never written.
  await DB.prepare('DELETE FROM decided_actions WHERE at < ?')
    .bind(now - Math.max(kept.callback, kept.consent))
    .run();
  return removed;
}
