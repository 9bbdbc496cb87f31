import { actionNamed } from '../actions/index.ts';
import type { Work } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { queueOf } from './effect-queue.ts';
import { type OperatorAlert, operatorAlert } from './operator-alert.ts';
import { jsonSize } from './queue-message.ts';
import { sendBatches } from './send-batches.ts';

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
