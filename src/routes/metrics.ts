import { readMetrics } from '../api/operations.ts';
import { messageOf } from '../errors.ts';
import { countMetrics, prometheusText } from '../journal/metrics.ts';
import { readSize } from '../journal/size.ts';
import { open } from '../services.ts';
import { build } from '../settings/build.ts';
import { lag } from './queue-lag.ts';
import { route } from './route.ts';

/** `GET /metrics`: metrics in Prometheus text format. */
export const metricsRoutes = [
  route(readMetrics, async (c) => {
    const { rulebook, now, objects, settings } = open(c.env);
    const { version, rules } = await rulebook();
    const asked = await Promise.all(
      Object.entries({
        effects: c.env.EFFECTS,
        forwards: c.env.FORWARDS,
        callbacks: c.env.CALLBACKS,
        journal: c.env.JOURNAL_QUEUE,
      }).map(async ([queue, binding]) => {
        try {
          return [{ queue, ...(await lag(binding)) }];
        } catch (error) {
          // One unreadable queue must not hide the other metrics.
          // @event metrics.queue-silent | A queue did not report its length; the other metrics
          //   are complete.
          console.error({ event: 'metrics.queue-silent', queue, message: messageOf(error) });
          return [];
        }
      }),
    );
    const queues = asked.flat();
    const size = await readSize(c.env.JOURNAL_DB, settings.journalMaxBytes).catch(() => undefined);
    const { refused } = await objects.refusals.read(now());
    const text = prometheusText([
      ...(await countMetrics(c.env, now())),
      {
        name: 'signalbox_callbacks_refused_last_hour',
        help: 'Refused callbacks of the last hour, by error code and app; apps that no setting names are "other".',
        values:
          refused.length > 0
            ? refused.map(({ code, app, n }) => ({ labels: { code, app }, n }))
            : [{ labels: {}, n: 0 }],
      },
      {
        name: 'signalbox_journal_bytes',
        help: 'The size of the journal.',
        values: size ? [{ labels: {}, n: size.bytes }] : [],
      },
      {
        name: 'signalbox_queue_waiting',
        help: 'Messages that wait on a queue.',
        values: queues.map(({ queue, waiting }) => ({ labels: { queue }, n: waiting })),
      },
      {
        name: 'signalbox_queue_oldest_seconds',
        help: 'How long the oldest of them waits.',
        values: queues.map(({ queue, oldest_seconds }) => ({
          labels: { queue },
          n: oldest_seconds,
        })),
      },
      {
        name: 'signalbox_build_info',
        help: 'The code that runs: version and git commit.',
        values: [{ labels: { version: build.version, commit: build.commit }, n: 1 }],
      },
      {
        name: 'signalbox_rulebook_info',
        help: 'The rulebook in force, and how many rules it has.',
        values: [{ labels: { version }, n: rules.length }],
      },
    ]);
    return c.text(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  }),
];
