import * as v from 'valibot';
import { actions } from '../actions/index.ts';
import { REVIEW_KINDS } from '../work/services.ts';

const HOUR = 3_600_000;

/** The label sets never change: what is empty has the value 0, so that an alert can tell it from a failed scrape. */
const QUEUES = ['callbacks', 'effects', 'forwards', 'journal'];
const CAUSES = ['budget', 'pause'];

const Row = v.object({
  labels: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string())),
  n: v.number(),
});

/** A value that is counted in the database of the safety net. `keys` are the label sets that always exist. */
interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly sql: string;
  readonly keys: readonly Readonly<Record<string, string>>[];
}

const STORED: readonly Gauge[] = [
  {
    name: 'signalbox_dead_letters',
    help: 'Dead letters that are neither redelivered nor dropped.',
    sql: "SELECT json_object('queue', queue) AS labels, count(*) AS n FROM dead_letters WHERE ?1 > 0 AND redelivered_at IS NULL AND dropped IS NULL GROUP BY queue",
    keys: QUEUES.map((queue) => ({ queue })),
  },
  {
    name: 'signalbox_quarantined_last_day',
    help: 'Signed callbacks of the last day that cannot be read and were not redelivered.',
    sql: `SELECT '{}' AS labels, count(*) AS n FROM quarantine WHERE at >= ?1 - ${24 * HOUR} AND redelivered_at IS NULL AND dropped IS NULL`,
    keys: [{}],
  },
  {
    name: 'signalbox_held',
    help: 'Held actions.',
    sql: "SELECT json_object('cause', cause, 'action', action) AS labels, count(*) AS n FROM held WHERE ?1 > 0 AND state = 'held' GROUP BY cause, action",
    keys: CAUSES.flatMap((cause) =>
      actions.filter(({ holdable }) => holdable).map(({ name: action }) => ({ cause, action })),
    ),
  },
  {
    name: 'signalbox_reviews_open',
    help: 'Open reviews.',
    sql: "SELECT json_object('kind', kind) AS labels, count(*) AS n FROM reviews WHERE ?1 > 0 AND state = 'open' GROUP BY kind",
    keys: REVIEW_KINDS.map((kind) => ({ kind })),
  },
  {
    name: 'signalbox_review_oldest_seconds',
    help: 'Age of the oldest open review.',
    sql: "SELECT '{}' AS labels, coalesce(max(?1 - at) / 1000, 0) AS n FROM reviews WHERE state = 'open'",
    keys: [{}],
  },
];

/** A gauge with its values. */
export interface CountedGauge {
  readonly name: string;
  readonly help: string;
  readonly values: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly n: number;
  }[];
}

/** Counts what the database of the safety net holds, at `now` (milliseconds since 1970). */
export async function countGauges(DB: D1Database, now: number): Promise<readonly CountedGauge[]> {
  const answers = await DB.batch(STORED.map(({ sql }) => DB.prepare(sql).bind(now)));
  return STORED.map(({ name, help, keys }, index) => {
    const found = v.parse(v.array(Row), answers[index]?.results ?? []);
    const missing = keys.filter(
      (key) => !found.some(({ labels }) => JSON.stringify(labels) === JSON.stringify(key)),
    );
    return { name, help, values: [...found, ...missing.map((labels) => ({ labels, n: 0 }))] };
  });
}
