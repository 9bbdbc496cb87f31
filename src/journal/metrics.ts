import * as v from 'valibot';
import { messageOf } from '../errors.ts';

/** The window that is counted, in milliseconds. The journal is pruned, so these values are gauges, not counters. */
const WINDOW = 3_600_000;

const Row = v.object({
  labels: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.nullable(v.string()))),
  n: v.number(),
});

/** One metric family of Prometheus. */
interface Measure {
  readonly name: string;
  readonly help: string;
  readonly values: readonly {
    readonly labels: Readonly<Record<string, string | null>>;
    readonly n: number;
  }[];
}

/** An empty state is a sample of 0, not a missing one: an alert can then distinguish it from a failed scrape. */
const JOURNALLED = [
  {
    name: 'signalbox_callbacks_last_hour',
    help: 'Callbacks of the last hour that are in the journal.',
    sql: "SELECT json_object('trigger', trigger, 'channel', channel) AS labels, count(*) AS n FROM decisions WHERE at >= ?1 AND shadow = 0 GROUP BY trigger, channel",
  },
  {
    name: 'signalbox_rules_last_hour',
    help: 'Outcomes of rules in the last hour.',
    sql: "SELECT json_object('rule', rule, 'outcome', outcome) AS labels, count(*) AS n FROM decisions JOIN decided_rules USING (id, rulebook) WHERE decisions.at >= ?1 GROUP BY rule, outcome",
  },
  {
    name: 'signalbox_actions_last_hour',
    help: 'Actions of the last hour and their outcomes.',
    sql: "SELECT json_object('action', action, 'outcome', outcome) AS labels, count(*) AS n FROM decided_actions WHERE at >= ?1 GROUP BY action, outcome",
  },
] as const;

/** Counted in the database of the safety net. */
const STORED = [
  {
    name: 'signalbox_dead_letters',
    help: 'Dead letters that are neither redelivered nor dropped.',
    sql: `SELECT json_object('queue', value) AS labels, count(dead_letters.id) AS n FROM json_each('["effects","forwards","callbacks","journal"]')
      LEFT JOIN dead_letters ON queue = value AND redelivered_at IS NULL AND dropped IS NULL WHERE ?1 > 0 GROUP BY value`,
  },
  {
    name: 'signalbox_quarantined_last_day',
    help: 'Signed callbacks of the last day that cannot be read and were not redelivered.',
    sql: "SELECT '{}' AS labels, count(*) AS n FROM quarantine WHERE at >= ?1 - 82800000 AND redelivered_at IS NULL AND dropped IS NULL",
  },
  {
    name: 'signalbox_held',
    help: 'Held actions.',
    sql: `SELECT json_object('cause', cause, 'action', action) AS labels, count(*) AS n FROM held WHERE ?1 > 0 AND state = 'held' GROUP BY cause, action
      UNION ALL SELECT '{}', 0 WHERE NOT EXISTS (SELECT 1 FROM held WHERE state = 'held')`,
  },
  {
    name: 'signalbox_review_oldest_seconds',
    help: 'Age of the oldest open review.',
    sql: `SELECT '{}' AS labels, coalesce(max(?1 + ${WINDOW} - at) / 1000, 0) AS n FROM reviews WHERE state = 'open'`,
  },
  {
    name: 'signalbox_reviews_open',
    help: 'Open reviews.',
    sql: `SELECT json_object('kind', kind) AS labels, count(*) AS n FROM reviews WHERE ?1 > 0 AND state = 'open' GROUP BY kind
      UNION ALL SELECT '{}', 0 WHERE NOT EXISTS (SELECT 1 FROM reviews WHERE state = 'open')`,
  },
] as const;

/**
 * Returns the metrics that the databases hold, counted at `now` (milliseconds since 1970). Without the journal, those of the safety
 * net are still returned.
 */
export async function countMetrics(
  { DB, JOURNAL_DB }: Pick<Env, 'DB' | 'JOURNAL_DB'>,
  now: number,
): Promise<readonly Measure[]> {
  const journalled = await count(JOURNALLED, JOURNAL_DB, now).catch((error: unknown) => {
    console.error({ event: 'journal.unreadable', message: messageOf(error) });
    return [];
  });
  return [...journalled, ...(await count(STORED, DB, now))];
}

async function count(
  counted: readonly { readonly name: string; readonly help: string; readonly sql: string }[],
  DB: D1Database,
  now: number,
): Promise<readonly Measure[]> {
  const answers = await DB.batch(counted.map(({ sql }) => DB.prepare(sql).bind(now - WINDOW)));
  return counted.map(({ name, help }, index) => ({
    name,
    help,
    values: v.parse(v.array(Row), answers[index]?.results ?? []),
  }));
}

/** Returns metrics in Prometheus's text format. Source: Prometheus, "Text-based format". */
export const prometheusText = (measures: readonly Measure[]): string =>
  measures
    .flatMap(({ name, help, values }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      ...values.map(({ labels, n }) => `${name}${labelsOf(labels)} ${n}`),
    ])
    .join('\n')
    .concat('\n');

function labelsOf(labels: Readonly<Record<string, string | null>>): string {
  const pairs = Object.entries(labels).map(
    ([key, value]) =>
      `${key}="${(value ?? '').replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`,
  );
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}
