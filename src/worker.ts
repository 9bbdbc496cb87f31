import { app } from './app.ts';
import { codeOf, messageOf } from './errors.ts';
import { consumeJournal } from './journal/consume.ts';
import {
  consumeCallbacks,
  consumeDead,
  consumeEffects,
  consumeForwards,
} from './pipeline/consume.ts';
import { alertOperator } from './pipeline/enqueue.ts';
import { endRemovedHeartbeats } from './pipeline/heartbeats.ts';
import { DAILY } from './pipeline/operator-alert.ts';
import { backoff } from './pipeline/queue-retries.ts';
import { open } from './services.ts';
import { backUpNightly } from './stores/consent-backups/nightly-backup.ts';
import { reEncryptStored } from './stores/keys/re-encrypt.ts';
import { prune, pruneHourly } from './stores/prune.ts';
import { decideOverdue } from './stores/review-deadlines.ts';
import type { Services } from './work/services.ts';

export { AlertDesk } from './objects/alerts/alert-desk.ts';
export { AlertGroup } from './objects/alerts/alert-group.ts';
export { Budgets } from './objects/budgets/budgets.ts';
export { Changes } from './objects/changes/changes.ts';
export { Claims } from './objects/claims/claims.ts';
export { Fifo } from './objects/fifo/fifo.ts';
export { Heartbeats } from './objects/heartbeats/heartbeats.ts';
export { Messages } from './objects/messages/messages.ts';
export { Metrics } from './objects/metrics/metrics.ts';
export { Pauses } from './objects/pauses/pauses.ts';
export { Recipients } from './objects/recipients/recipients.ts';
export { Refusals } from './objects/refusals/refusals.ts';
export { Rulebooks } from './objects/rulebooks/rulebooks.ts';
export { Senders } from './objects/senders/senders.ts';
export { Tally } from './objects/tally/tally.ts';
export { SignalboxRpc } from './rpc.ts';

/** Queue → its consumer. The names are those in wrangler.toml; other environments put theirs behind `signalbox`. */
const consumers: Readonly<
  Record<string, (batch: MessageBatch<unknown>, services: Services, env: Env) => Promise<void>>
> = {
  'signalbox-effects': consumeEffects,
  'signalbox-forwards': consumeForwards,
  'signalbox-callbacks': consumeCallbacks,
  'signalbox-journal': consumeJournal,
  'signalbox-effects-dead': (batch, services) => consumeDead(batch, 'effects', services),
  'signalbox-forwards-dead': (batch, services) => consumeDead(batch, 'forwards', services),
  'signalbox-callbacks-dead': (batch, services) => consumeDead(batch, 'callbacks', services),
  'signalbox-journal-dead': (batch, services) => consumeDead(batch, 'journal', services),
};

/** Returns the consumer of a queue, of `signalbox-effects` as of `signalbox-staging-effects`. */
const consumerOf = (queue: string) =>
  Object.entries(consumers).find(([name]) => queue.endsWith(name.replace('signalbox', '')))?.[1];

/** Runs a scheduled task; a failure raises one alert a day and is rethrown. */
async function runScheduled(work: () => Promise<void>, title: string, env: Env): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error({
      // @event scheduled.failed | A scheduled task failed. An alert is raised once a day.
      event: 'scheduled.failed',
      task: title,
      code: codeOf(error),
      message: messageOf(error),
    });
    await alertScheduledFailure(title, messageOf(error), env).catch((cause: unknown) =>
      console.error({
        // @event scheduled.not-reported | The alert about a failed scheduled task could not be
        //   queued.
        event: 'scheduled.not-reported',
        task: title,
        code: codeOf(cause),
        message: messageOf(cause),
      }),
    );
    throw error;
  }
}

async function alertScheduledFailure(title: string, message: string, env: Env): Promise<void> {
  const text = `${message}. The task runs again on schedule. See scheduled.failed in the log.`;
  await alertOperator({ title, text, interval: DAILY }, open(env));
}

/** Async, so that a wrong setting rejects instead of being thrown. */
const backUp = async (env: Env): Promise<void> => backUpNightly(open(env));

/** Releases what an ended pause still holds, in case its release was interrupted. */
async function releaseHeld(env: Env, later: (work: Promise<unknown>) => void): Promise<void> {
  const { held, journal } = open(env, later);
  const { settled, more } = await held.resumeEnded(journal);
  // @event held.swept | Held work whose pause has ended continues.
  if (settled > 0) console.log({ event: 'held.swept', settled, more });
}

/** The hourly cron of wrangler.toml; any other is the nightly run. */
const HOURLY = '47 * * * *';

export default {
  fetch: app.fetch,

  async queue(batch, env, context) {
    const consumer = consumerOf(batch.queue);
    if (!consumer) throw new Error(`no consumer for queue ${batch.queue}`);
    let services: Services;
    try {
      services = open(env, (work) => context.waitUntil(work));
    } catch (error) {
      // A wrong setting. If it were thrown, the queue would use up all tries within a minute, and so would its dead-letter queue.
      console.error({
        // @event queue.not-opened | A batch could not be processed because a setting is wrong;
        //   every message is retried.
        event: 'queue.not-opened',
        queue: batch.queue,
        code: codeOf(error),
        message: messageOf(error),
      });
      for (const message of batch.messages)
        message.retry({ delaySeconds: Math.floor(backoff(message.attempts)) });
      return;
    }
    await consumer(batch, services, env);
  },

  async scheduled({ cron }, env, context) {
    // Each on its own: a failure of one must not stop the other.
    const ends = await Promise.allSettled(
      cron === HOURLY
        ? [
            runScheduled(
              () => pruneHourly(env, Date.now()),
              'expired records cannot be removed',
              env,
            ),
            runScheduled(() => decideOverdue(open(env)), 'overdue reviews cannot be decided', env),
            runScheduled(
              () => releaseHeld(env, (work) => context.waitUntil(work)),
              'actions held by an ended pause cannot be released',
              env,
            ),
            runScheduled(
              async () => endRemovedHeartbeats(open(env)),
              'removed heartbeats cannot be ended',
              env,
            ),
          ]
        : [
            runScheduled(
              () => prune(env, Date.now()),
              'the nightly run cannot remove old records',
              env,
            ),
            backUp(env),
            runScheduled(
              () => reEncryptStored(env, open(env).dataKey, Date.now()),
              'stored texts cannot be re-encrypted',
              env,
            ),
          ],
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  },
} satisfies ExportedHandler<Env>;
