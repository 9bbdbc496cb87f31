import * as v from 'valibot';
import { ActionOutcome, type JournalledAction } from './entry.ts';
import type { OutcomeNote } from './journal-message.ts';
import { idOf } from './pages/page.ts';

const field = (name: string): string => `json_extract(value, '$.${name}')`;

/**
 * An outcome `done` is final. `skipped`, also when dropped by an operator, can only become `done` or `failed`. An end replaces
 * `queued` whatever the times say: they come from isolates whose clocks differ.
 */
const INSERT = `INSERT INTO decided_actions (id, rulebook, rule, position, action, outcome, detail, at)
  SELECT ${['id', 'rulebook', 'rule', 'position', 'action', 'outcome', 'detail', 'at'].map(field).join(', ')}
  FROM json_each(?1) WHERE true ON CONFLICT (id, rulebook, rule, position)
  DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail, at = excluded.at
  WHERE decided_actions.outcome <> 'done'
    AND (excluded.at >= decided_actions.at
      OR (decided_actions.outcome = 'queued' AND excluded.outcome IN ('done', 'skipped', 'failed')))
    AND (decided_actions.outcome <> 'skipped' OR excluded.outcome IN ('done', 'failed'))`;

/** Returns the statement that stores outcomes. A repeated one changes nothing. */
export const insertOutcomes = (
  notes: readonly OutcomeNote[],
  DB: D1Database,
): D1PreparedStatement => DB.prepare(INSERT).bind(JSON.stringify(notes));

const Row = v.object({
  id: v.string(),
  rulebook: v.string(),
  rule: v.string(),
  position: v.number(),
  action: v.string(),
  outcome: ActionOutcome,
  detail: v.nullable(v.string()),
  at: v.number(),
});

/** Reads the outcomes that were reported for callbacks, by `idOf` of the decision. */
export async function readOutcomes(
  ids: readonly string[],
  DB: D1Database,
): Promise<ReadonlyMap<string, readonly JournalledAction[]>> {
  if (ids.length === 0) return new Map();
  const { results } = await DB.prepare(
    'SELECT * FROM decided_actions WHERE id IN (SELECT value FROM json_each(?))',
  )
    .bind(JSON.stringify(ids))
    .all();
  return Map.groupBy(
    v.parse(v.array(Row), results).map(({ detail, ...row }) => ({
      ...row,
      ...(detail === null ? {} : { detail }),
    })),
    idOf,
  );
}

/** Returns the actions of an entry with what was reported later. */
export function withOutcomes(
  actions: readonly JournalledAction[],
  reported: readonly JournalledAction[] = [],
): JournalledAction[] {
  const isSame = (a: JournalledAction) => (b: JournalledAction) =>
    a.rule === b.rule && a.position === b.position;
  const pick = ({ rule, action, position, outcome, detail, at }: JournalledAction) => ({
    ...{ rule, action, position, outcome },
    ...(detail === undefined ? {} : { detail }),
    ...(at === undefined ? {} : { at }),
  });
  return [
    ...actions.map((action) => pick(reported.find(isSame(action)) ?? action)),
    ...reported.filter((one) => !actions.some(isSame(one))).map(pick),
  ];
}

/** Which reported outcomes are looked for. */
export interface OutcomeSearch {
  readonly rule?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: string | undefined;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Returns the callbacks with such an outcome, at most `limit` of them. */
export async function callbacksWithOutcome(
  { rule, action, outcome, since }: OutcomeSearch,
  limit: number,
  DB: D1Database,
): Promise<readonly string[]> {
  const outcomes = outcome === undefined ? ActionOutcome.options : [outcome];
  const { results } = await DB.prepare(
    `SELECT DISTINCT id FROM decided_actions WHERE outcome IN (SELECT value FROM json_each(?1)) AND at >= ?2
       AND (?3 IS NULL OR rule = ?3) AND (?4 IS NULL OR action = ?4) LIMIT ?5`,
  )
    .bind(JSON.stringify(outcomes), since, rule ?? null, action ?? null, limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** Returns the statement that removes outcomes from before a time (milliseconds since 1970). */
export const pruneOutcomes = (before: number, DB: D1Database): D1PreparedStatement =>
  DB.prepare(
    'DELETE FROM decided_actions WHERE outcome IN (SELECT value FROM json_each(?)) AND at < ?',
  ).bind(JSON.stringify(ActionOutcome.options), before);
