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
