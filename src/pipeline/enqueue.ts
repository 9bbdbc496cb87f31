import { actionNamed } from '../actions/index.ts';
import type { EffectQueue, Work } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { type OperatorAlert, operatorAlert } from './operator-alert.ts';
import { jsonSize } from './queue-message.ts';

/** One `sendBatch` takes 100 messages or 256 KB. Source: Cloudflare Queues, limits. */
const MAX_BATCH = { messages: 100, bytes: 240_000 };

/** One queue message takes 128 KB, about 100 bytes of metadata included. Source: Cloudflare Queues, limits. */
const MAX_MESSAGE = 127_500;

/** A message for a queue. */
export interface Outgoing<T> {
  readonly body: T;
  readonly delaySeconds?: number;
}

/**
 * Puts work on its queue: one `sendBatch` a queue if it fits into one. Each effect is delayed as its action defines, at most as
 * long as setting `MAX_RETRY_DELAY`.
 */
export async function enqueue(work: readonly Work[], services: Services): Promise<void> {
  const messages = work.map((body) => ({
    body,
    ...delayOf(body, services.settings.maxRetryDelay),
  }));
  const oversized: Work[] = [];
  for (const [queue, those] of Map.groupBy(messages, ({ body }) => queueOf(body)))
    oversized.push(...(await sendBatches(those, services[queue])));
  for (const item of oversized) await rejectOversized(item, services);
}

/** Raises an operator alert. */
export const alertOperator = (alert: OperatorAlert, services: Services): Promise<void> =>
  enqueue([operatorAlert(alert, services.now())], services);

/** Stores work that is too large for the queue as a dead letter and alerts the operator, so that it does not block the rest. */
async function rejectOversized(work: Work, services: Services): Promise<void> {
  const what =
    work.kind === 'effect'
      ? `${work.action} of rule ${work.rule.name}`
      : `a message of kind ${work.kind}`;
  const reason = `it has ${jsonSize(work)} bytes, and a queue takes 128 KB a message`;
  // @event queue.too-large | An effect is too large for the queue and is a dead letter. Report
  //   it: this is a bug.
  console.error({ event: 'queue.too-large', what, reason });
  await services.deadLetters.keep({
    queue: queueOf(work),
    work,
    code: 'action_impossible',
    reason,
    attempts: 0,
  });
  const alert = operatorAlert(
    {
      title: `${what} was too large for the queue`.slice(0, 200),
      text: `${what} was not done: ${reason}. signalbox dead-letters shows it. This is a bug in Signalbox: please report it.`.slice(
        0,
        2000,
      ),
    },
    services.now(),
  );
  await services.effects.sendBatch([{ body: alert }]);
}

function delayOf(work: Work, most: number): { delaySeconds?: number } {
  if (work.kind !== 'effect') return {};
  const seconds = actionNamed(work.action)?.delay?.(work.params, work.facts);
  return seconds === undefined
    ? {}
    : { delaySeconds: Math.floor(Math.min(withJitter(seconds), most / 1000)) };
}

/** Adds up to a tenth, so that effects that failed together do not return together. */
const withJitter = (seconds: number): number => seconds * (1 + Math.random() / 10);

/** Returns the queue that work waits on: that of its action, else `effects`. */
export const queueOf = (work: Work): EffectQueue =>
  (work.kind === 'effect' ? actionNamed(work.action)?.queue : undefined) ?? 'effects';

/** Puts one message on the queue of its work. */
export async function sendWork(
  body: Work,
  services: Pick<Services, EffectQueue>,
  delaySeconds = 0,
): Promise<void> {
  await services[queueOf(body)].sendBatch([{ body, delaySeconds }]);
}

/** Sends messages in as few batches as the limits allow. Returns the bodies that are too large for a queue. */
export async function sendBatches<T>(
  messages: readonly Outgoing<T>[],
  queue: Pick<Queue<T>, 'sendBatch'>,
): Promise<readonly T[]> {
  let batch: Outgoing<T>[] = [];
  let bytes = 0;
  const oversized: T[] = [];
  for (const message of messages) {
    const size = jsonSize(message.body);
    if (size > MAX_MESSAGE) {
      oversized.push(message.body);
      continue;
    }
    if (
      batch.length > 0 &&
      (batch.length === MAX_BATCH.messages || bytes + size > MAX_BATCH.bytes)
    ) {
      await queue.sendBatch(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) await queue.sendBatch(batch);
  return oversized;
}
