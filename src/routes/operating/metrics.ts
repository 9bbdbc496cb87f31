import { readMetrics } from '../../api/operating/health.ts';
import { codeOf, messageOf } from '../../errors.ts';
import { open } from '../../services.ts';
import { build } from '../../settings/build.ts';
import { countGauges } from '../../stores/gauges.ts';
import { publishedLimits } from '../../stores/published-limits.ts';
import { route } from '../route.ts';
import { countedFamilies, type Family, gauge, prometheusText } from './prometheus-text.ts';
import { lag } from './queue-lag.ts';

/** `GET /metrics`: metrics in Prometheus text format. */
export const metricsRoutes = [
  route(readMetrics, async (c) => {
    const families = await Promise.all(
      Object.entries(parts).map(async ([part, read]) => {
        try {
          return await read(c.env);
        } catch (error) {
          // One store that does not answer must not hide the others.
          // @event metrics.incomplete | A store could not be read for `/metrics`; its metrics are
          //   missing there.
          console.error({
            event: 'metrics.incomplete',
            part,
            code: codeOf(error),
            message: messageOf(error),
          });
          return [];
        }
      }),
    );
    return c.text(prometheusText(families.flat()), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  }),
];

/** What each store reports. */
const parts: Readonly<Record<string, (env: Env) => Promise<readonly Family[]>>> = {
  counted: async (env) => countedFamilies(await open(env).metrics.totals()),
  stored: async (env) =>
    (await countGauges(env.DB, open(env).now())).map(({ name, help, values }) =>
      gauge(name, help, values),
    ),
  'queue effects': (env) => queueLag('effects', env.EFFECTS),
  'queue forwards': (env) => queueLag('forwards', env.FORWARDS),
  'queue callbacks': (env) => queueLag('callbacks', env.CALLBACKS),
  'queue journal': (env) => queueLag('journal', env.JOURNAL_QUEUE),
  throttles: async (env) => {
    const { now } = open(env);
    const limits = await publishedLimits(env.KV, now());
    const channels = Map.groupBy(limits, ({ channel }) => channel);
    return [
      gauge(
        'signalbox_throttles',
        'Limits in force on senders, by channel; none is missing, not 0.',
        [...channels].map(([channel, all]) => ({ labels: { channel }, n: all.length })),
      ),
    ];
  },
  circuits: async (env) => {
    const { alerts, objects } = open(env);
    const [{ destinations }, failing] = await Promise.all([
      alerts(),
      objects.alerts.desk.circuits(),
    ]);
    const names = [...new Set([...Object.keys(destinations), ...failing.map(({ to }) => to)])];
    return [
      gauge(
        'signalbox_circuit_open',
        '1 while a destination fails repeatedly and is left alone, else 0.',
        names.map((destination) => ({
          labels: { destination },
          n: failing.some(({ to }) => to === destination) ? 1 : 0,
        })),
      ),
    ];
  },
  databases: async (env) => [
    gauge('signalbox_database_bytes', 'The size of a D1 database; it may have 10 GB.', [
      { labels: { database: 'signalbox' }, n: await sizeOf(env.DB) },
      { labels: { database: 'signalbox-journal' }, n: await sizeOf(env.JOURNAL_DB) },
    ]),
  ],
  backups: async (env) => {
    const { consentBackups, now } = open(env);
    const newest = await consentBackups.newest();
    return [
      gauge(
        'signalbox_backup_age_seconds',
        'Age of the newest complete backup of consent; missing where there is none.',
        newest ? [{ labels: {}, n: Math.max(0, (now() - newest.at) / 1000) }] : [],
      ),
    ];
  },
  code: async (env) => {
    const { version, rules } = await open(env).rulebook();
    return [
      gauge('signalbox_build_info', 'The code that runs: version and git commit.', [
        { labels: { version: build.version, commit: build.commit }, n: 1 },
      ]),
      gauge('signalbox_rulebook_info', 'The rulebook in force, and how many rules it has.', [
        { labels: { version }, n: rules.length },
      ]),
    ];
  },
};

async function queueLag(
  queue: string,
  binding: Pick<Queue, 'metrics'>,
): Promise<readonly Family[]> {
  const { waiting, oldest_seconds } = await lag(binding);
  return [
    gauge('signalbox_queue_waiting', 'Messages that wait on a queue.', [
      { labels: { queue }, n: waiting },
    ]),
    gauge('signalbox_queue_oldest_seconds', 'How long the oldest of them waits.', [
      { labels: { queue }, n: oldest_seconds },
    ]),
  ];
}

/** Bytes of a database, which D1 states in every response. */
async function sizeOf(DB: D1Database): Promise<number> {
  const { meta } = await DB.prepare('SELECT 1').run();
  return meta.size_after;
}
