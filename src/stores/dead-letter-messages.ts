import * as v from 'valibot';
import { AppError } from '../errors.ts';
import { JournalMessage } from '../journal/journal-message.ts';
import { type Outgoing, queueOf, sendBatches } from '../pipeline/enqueue.ts';
import { Deferred, Work } from '../work/effect.ts';
import type { DeadLetter } from '../work/services.ts';

type QueueName = DeadLetter['queue'];
/** A message for one of the queues, typed by the schema that read it. */
export type Message = Outgoing<unknown> & { readonly queue: QueueName };

/** Puts messages on their queues. */
export async function sendAgain(
  messages: readonly Message[],
  queues: Readonly<Record<QueueName, Pick<Queue, 'sendBatch'>>>,
): Promise<void> {
  for (const [queue, those] of Map.groupBy(messages, (message) => message.queue))
    await sendBatches(
      those.map(({ body, delaySeconds }) => ({ body, ...(delaySeconds && { delaySeconds }) })),
      queues[queue],
    );
}

/** Divides a message into works of which each is about one callback: each is erased with its own person. */
export function partsOf(queue: QueueName, work: unknown): readonly unknown[] {
  const read = queue === 'journal' ? v.safeParse(JournalMessage, work) : undefined;
  return read?.success && read.output.kind === 'notes' ? read.output.notes : [work];
}

/** Reads the work of a dead letter; `undefined`: this version cannot, so it would only fail again. */
export function tryReadable(queue: QueueName, work: unknown): Message | undefined {
  if (queue === 'callbacks' || queue === 'journal') {
    const read = v.safeParse(queue === 'callbacks' ? Deferred : JournalMessage, work);
    return read.success ? { queue, body: read.output } : undefined;
  }
  const read = v.safeParse(Work, work);
  return read.success ? { queue: queueOf(read.output), body: read.output } : undefined;
}

export function readable(queue: QueueName, work: unknown): Message {
  const message = tryReadable(queue, work);
  if (message) return message;
  throw new AppError(
    'action_impossible',
    'this version of Signalbox cannot read it; the version that queued it can',
  );
}
