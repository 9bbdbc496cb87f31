import * as v from 'valibot';
import { ActionOutcome, type Entry, EntryClass, type JournalledAction } from './entry.ts';
import { OutcomeNote } from './journal-message.ts';
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

/** Outcomes of a decision that a later report may replace. */
const OPEN: readonly string[] = ['queued', 'retried', 'waiting'] satisfies ActionOutcome[];

const KEEP = `INSERT INTO decided_actions (id, rulebook, rule, position, action, outcome, at, class)
  SELECT ${['id', 'rulebook', 'rule', 'position', 'action', 'outcome', 'at'].map(field).join(', ')}, 'consent'
  FROM json_each(?1) WHERE true ON CONFLICT (id, rulebook, rule, position) DO UPDATE SET class = 'consent'`;

/**
 * Returns the statements by which outcomes stay as long as the decisions about consent that they belong to. A report does not
 * have the class of its decision, and may be written before it.
 */
export function keepOutcomes(
  entries: readonly Entry[],
  DB: D1Database,
): readonly D1PreparedStatement[] {
  const open = entries
    .filter((entry) => entry.class === 'consent')
    .flatMap(({ id, rulebook, receivedAt, actions }) =>
      actions
        .filter(({ outcome }) => OPEN.includes(outcome))
        .map(({ at = receivedAt, ...action }) => ({ ...action, id, rulebook, at })),
    );
  return open.length > 0 ? [DB.prepare(KEEP).bind(JSON.stringify(open))] : [];
}

const Row = v.object({
  ...v.omit(OutcomeNote, ['kind']).entries,
  detail: v.nullable(v.string()),
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
    `SELECT DISTINCT id FROM decided_actions WHERE class IN (SELECT value FROM json_each(?6))
       AND outcome IN (SELECT value FROM json_each(?1)) AND at >= ?2
       AND (?3 IS NULL OR rule = ?3) AND (?4 IS NULL OR action = ?4) LIMIT ?5`,
  )
    .bind(
      ...[JSON.stringify(outcomes), since, rule ?? null, action ?? null, limit],
      JSON.stringify(EntryClass.options),
    )
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** Returns the statement that removes at most `limit` outcomes of a class from before a time (milliseconds since 1970). */
export const pruneOutcomes = (
  kind: EntryClass,
  before: number,
  limit: number,
  DB: D1Database,
): D1PreparedStatement =>
  DB.prepare(
    `DELETE FROM decided_actions WHERE (id, rulebook, rule, position) IN
       (SELECT id, rulebook, rule, position FROM decided_actions
        WHERE class = ? AND outcome IN (SELECT value FROM json_each(?)) AND at < ? LIMIT ?)`,
  ).bind(kind, JSON.stringify(ActionOutcome.options), before, limit);
