import * as v from 'valibot';
import { type CountKind, type CountRow, countsSince, readCounts } from './counts.ts';

const OldestRow = v.object({ hour: v.nullable(v.number()) });
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
  /** The hour of the oldest callback in the journal, in milliseconds since 1970. */
  readonly journalSince: number | undefined;
  readonly callbacks: number;
  readonly rules: readonly RuleCounts[];
  readonly triggers: Counts;
  readonly channels: Counts;
  readonly reasonCodes: Counts;
}

/** The most names of a property that are returned. */
const MOST = 50;

/**
 * Counts the decisions of the hours from that of `since` on (milliseconds since 1970). Decisions of a rulebook in shadow
 * count as `shadow`.
 */
export async function countDecisions(since: number, DB: D1Database): Promise<Counted> {
  const [oldest, sums, fired] = await DB.batch([
    DB.prepare('SELECT min(hour) AS hour FROM counts'),
    countsSince(since, DB),
    DB.prepare('SELECT rule, at FROM rules_fired'),
  ]);
  const counts = readCounts(sums?.results);
  const of = (kind: CountKind): readonly CountRow[] => counts.filter((row) => row.kind === kind);
  const most = (kind: CountKind): Counts =>
    of(kind)
      .toSorted((a, b) => b.n - a.n || (a.name < b.name ? -1 : 1))
      .slice(0, MOST)
      .map(({ name, n }) => ({ name, callbacks: n }));
  const last = new Map(
    v.parse(v.array(FiredRow), fired?.results).map(({ rule, at }) => [rule, at]),
  );
  const byRule = new Map<string, { rule: string; fired: number; shadow: number; erred: number }>();
  const empty = (rule: string) => ({ rule, fired: 0, shadow: 0, erred: 0 });
  for (const rule of last.keys()) byRule.set(rule, empty(rule));
  for (const outcome of ['fired', 'shadow', 'erred'] as const)
    for (const { name, n } of of(outcome))
      byRule.set(name, { ...(byRule.get(name) ?? empty(name)), [outcome]: n });
  return {
    journalSince: v.parse(OldestRow, oldest?.results[0]).hour ?? undefined,
    callbacks: of('callback')[0]?.n ?? 0,
    rules: [...byRule.values()].map((one) => ({ ...one, lastFired: last.get(one.rule) })),
    triggers: most('trigger'),
    channels: most('channel'),
    reasonCodes: most('reason'),
  };
}

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
