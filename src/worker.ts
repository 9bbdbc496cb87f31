import { app } from './app.ts';
import { codeOf, messageOf } from './errors.ts';
import { consumeJournal } from './journal/consume.ts';
import { backoff, consumeCallbacks, consumeDead, consumeEffects } from './pipeline/consume.ts';
import { enqueue } from './pipeline/enqueue.ts';
import { DAILY, trouble } from './pipeline/operator-alert.ts';
import { open } from './services.ts';
import { backUpNightly } from './stores/consent-backups/nightly-backup.ts';
import { prune, pruneHourly } from './stores/prune.ts';
import type { Services } from './work/services.ts';

export { AlertDesk } from './objects/alerts/alert-desk.ts';
export { AlertGroup } from './objects/alerts/alert-group.ts';
export { Budgets } from './objects/budgets/budgets.ts';
export { Claims } from './objects/claims/claims.ts';
export { Fifo } from './objects/fifo/fifo.ts';
export { Messages } from './objects/messages/messages.ts';
export { Pauses } from './objects/pauses/pauses.ts';
export { Recipients } from './objects/recipients/recipients.ts';
export { Rulebooks } from './objects/rulebooks/rulebooks.ts';
export { Senders } from './objects/senders/senders.ts';
export { Tally } from './objects/tally/tally.ts';
export { SignalboxRpc } from './rpc.ts';

/** Queue → who works it off. The names are those of wrangler.toml. */
const consumers: Readonly<
  Record<string, (batch: MessageBatch<unknown>, services: Services, env: Env) => Promise<void>>
> = {
  'signalbox-effects': consumeEffects,
  'signalbox-callbacks': consumeCallbacks,
  'signalbox-journal': (batch, services, { DB }) => consumeJournal(batch, services, DB),
  'signalbox-effects-dead': (batch, services) => consumeDead(batch, 'effects', services),
  'signalbox-callbacks-dead': (batch, services) => consumeDead(batch, 'callbacks', services),
  'signalbox-journal-dead': (batch, services) => consumeDead(batch, 'journal', services),
};

/** Does what nobody waits for, and tells when it fails, once a day. @throws what kept it from its work */
async function untended(work: () => Promise<void>, title: string, env: Env): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error({
      event: 'scheduled.failed',
      trouble: title,
      code: codeOf(error),
      message: messageOf(error),
    });
    await tellUntended(title, messageOf(error), env).catch((cause: unknown) =>
      console.error({
        event: 'scheduled.not-told',
        trouble: title,
        code: codeOf(cause),
        message: messageOf(cause),
      }),
    );
    throw error;
  }
}

async function tellUntended(title: string, message: string, env: Env): Promise<void> {
  const services = open(env);
  const text = `${message}. It is tried again by itself; the log says more (scheduled.failed).`;
  await enqueue([trouble(title, text, services.now(), 'high', DAILY)], services);
}

/** What it throws, a wrong setting too, it rejects with. */
const backUp = async (env: Env): Promise<void> => backUpNightly(open(env));

/** Whatever waits for a pause that is over goes on, should the one who ended it not have reached it. */
async function letGo(env: Env, later: (work: Promise<unknown>) => void): Promise<void> {
  const { held, journal } = open(env, later);
  const { settled, more } = await held.resumeEnded(journal);
  if (settled > 0) console.log({ event: 'held.swept', settled, more });
}

/** As wrangler.toml has it; whatever else rings is the nightly run. */
const HOURLY = '47 * * * *';

export default {
  fetch: app.fetch,

  async queue(batch, env, context) {
    const consumer = consumers[batch.queue];
    if (!consumer) throw new Error(`no consumer for queue ${batch.queue}`);
    let services: Services;
    try {
      services = open(env, (work) => context.waitUntil(work));
    } catch (error) {
      // A wrong setting: thrown, the queue would use up all tries within a minute, and the dead letters' too.
      console.error({
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
    // Each on its own: what keeps one from its work must not cost the other.
    const ends = await Promise.allSettled(
      cron === HOURLY
        ? [
            untended(
              () => pruneHourly(env, Date.now()),
              'records cannot be removed when their time is over',
              env,
            ),
            untended(
              () => letGo(env, (work) => context.waitUntil(work)),
              'what a pause held cannot go on',
              env,
            ),
          ]
        : [
            untended(
              () => prune(env, Date.now()),
              'the nightly run cannot remove what is old',
              env,
            ),
            backUp(env),
          ],
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  },
} satisfies ExportedHandler<Env>;
