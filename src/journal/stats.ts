import * as v from 'valibot';

const Row = v.object({ name: v.nullable(v.string()), n: v.number() });
const RuleRow = v.object({ rule: v.string(), outcome: v.string(), n: v.number() });
const FiredRow = v.object({ rule: v.string(), at: v.number() });

/** Numbers of callbacks by name, the most frequent first. */
export type Counts = readonly { readonly name: string; readonly callbacks: number }[];

/** The counts of one rule. `lastFired` in milliseconds since 1970 may be older than the counted period. */
export interface RuleCounts {
  readonly rule: string;
  readonly fired: number;
  readonly shadow: number;
  readonly erred: number;
  readonly lastFired: number | undefined;
}

export interface Counted {
  /** The oldest callback in the journal, in milliseconds since 1970. */
  readonly journalSince: number | undefined;
  readonly callbacks: number;
  readonly rules: readonly RuleCounts[];
  readonly triggers: Counts;
  readonly channels: Counts;
  readonly reasonCodes: Counts;
}

/** Counts the decisions since a time (milliseconds since 1970). Decisions of a rulebook in shadow count as `shadow`. */
export async function countDecisions(since: number, DB: D1Database): Promise<Counted> {
  const per = (column: string) =>
    DB.prepare(
      `SELECT ${column} AS name, count(*) AS n FROM decisions WHERE at >= ?1 AND shadow = 0 AND ${column} IS NOT NULL
       GROUP BY 1 ORDER BY n DESC, name LIMIT 50`,
    ).bind(since);
  const [oldest, all, rules, fired, triggers, channels, reasonCodes] = await DB.batch<
    Record<string, unknown>
  >([
    DB.prepare('SELECT NULL AS name, coalesce(min(at), 0) AS n FROM decisions WHERE shadow = 0'),
    DB.prepare(
      'SELECT NULL AS name, count(*) AS n FROM decisions WHERE at >= ?1 AND shadow = 0',
    ).bind(since),
    DB.prepare(
      'SELECT rule, outcome, count(*) AS n FROM decided_rules WHERE at >= ?1 GROUP BY 1, 2',
    ).bind(since),
    DB.prepare('SELECT rule, at FROM rules_fired'),
    per('trigger'),
    per('channel'),
    per('reason_code'),
  ]);
  const last = new Map(
    v.parse(v.array(FiredRow), fired?.results).map(({ rule, at }) => [rule, at]),
  );
  const byRule = new Map<string, { rule: string; fired: number; shadow: number; erred: number }>();
  const of = (rule: string) => {
    const found = byRule.get(rule) ?? { rule, fired: 0, shadow: 0, erred: 0 };
    byRule.set(rule, found);
    return found;
  };
  for (const rule of last.keys()) of(rule);
  for (const { rule, outcome, n } of v.parse(v.array(RuleRow), rules?.results)) {
    if (outcome === 'fired' || outcome === 'shadow' || outcome === 'erred') of(rule)[outcome] += n;
  }
  return {
    journalSince: countOf(oldest) || undefined,
    callbacks: countOf(all),
    rules: [...byRule.values()].map((counts) => ({ ...counts, lastFired: last.get(counts.rule) })),
    triggers: countsOf(triggers),
    channels: countsOf(channels),
    reasonCodes: countsOf(reasonCodes),
  };
}

const countsOf = (found: D1Result<Record<string, unknown>> | undefined): Counts =>
  v.parse(v.array(Row), found?.results).map(({ name, n }) => ({ name: name ?? '', callbacks: n }));

const countOf = (found: D1Result<Record<string, unknown>> | undefined): number =>
  countsOf(found)[0]?.callbacks ?? 0;

const DriftRow = v.object({
  day: v.string(),
  kind: v.string(),
  trigger: v.string(),
  name: v.string(),
  value: v.string(),
  at: v.number(),
  callback_id: v.string(),
  fixture: v.string(),
});

/** Returns the drifts since a time (milliseconds since 1970), newest first. */
export async function listDrift(
  since: number,
  DB: D1Database,
): Promise<readonly v.InferOutput<typeof DriftRow>[]> {
  const { results } = await DB.prepare(
    'SELECT * FROM drift WHERE at >= ? ORDER BY at DESC, kind, name, value LIMIT 200',
  )
    .bind(since)
    .all();
  return v.parse(v.array(DriftRow), results);
}
