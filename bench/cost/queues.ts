import { runAt, time } from './clock.ts';
import type { Setup } from './counts.ts';
import { causedBy, count, countFor, noteCall } from './meter.ts';

/** Every 64 KB of a message is one operation when it is written, read and deleted. Source: Queues, pricing. */
const CHUNK = 64 * 1024;

interface Waiting {
  readonly id: string;
  readonly text: string;
  readonly kind: string;
  readonly sentAt: number;
  readonly operations: number;
  attempts: number;
  due: number;
}

/** Gives a batch to the Worker. */
export type Consume = (batch: MessageBatch) => Promise<void>;

/** Queues that fill a batch or wait out their time by the simulated clock, and count their operations. */
export function openQueues({ producers, consumers }: Setup, consume: Consume) {
  const waiting = new Map<string, Waiting[]>();
  const configOf = new Map(consumers.map((consumer) => [consumer.name, consumer]));
  let sent = 0;

  function keep(queue: string, body: unknown, delaySeconds = 0): void {
    const text = JSON.stringify(body);
    const operations = Math.ceil((text.length + 100) / CHUNK);
    count('queueOperations', operations);
    const due = time() + delaySeconds * 1_000;
    const id = `m${sent++}`;
    put(queue, { id, text, kind: causedBy(), sentAt: time(), operations, attempts: 0, due });
  }

  function put(queue: string, message: Waiting): void {
    const config = configOf.get(queue);
    if (!config) throw new Error(`${queue} has no consumer`);
    waiting.set(queue, [...(waiting.get(queue) ?? []), message]);
    runAt(message.due, () => {
      if (dueOf(queue).length >= config.maxBatchSize) return deliver(queue);
    });
    runAt(message.due + config.maxBatchTimeout, () => {
      if (waiting.get(queue)?.includes(message)) return deliver(queue);
    });
  }

  const dueOf = (queue: string): Waiting[] =>
    (waiting.get(queue) ?? []).filter(({ due }) => due <= time());

  async function deliver(queue: string): Promise<void> {
    const some = dueOf(queue).slice(0, configOf.get(queue)?.maxBatchSize);
    if (some.length === 0) return;
    waiting.set(
      queue,
      (waiting.get(queue) ?? []).filter((one) => !some.includes(one)),
    );
    const ends = new Map<Waiting, number | 'ack'>();
    await countFor(
      some.map(({ kind }) => kind),
      false,
      async () => {
        count('requests');
        for (const message of some) count('queueOperations', message.operations);
        await consume(batchOf(queue, some, ends));
        for (const message of some) {
          const end = ends.get(message) ?? 'ack';
          if (end === 'ack') count('queueOperations', message.operations);
          else put(queue, { ...message, due: time() + end * 1_000 });
        }
      },
    );
  }

  const bind = (queue: string): object => ({
    async send(body: unknown, options: QueueSendOptions = {}) {
      noteCall('queue.send');
      keep(queue, body, options.delaySeconds);
    },
    async sendBatch(messages: Iterable<MessageSendRequest>) {
      noteCall('queue.send');
      for (const { body, delaySeconds } of messages) keep(queue, body, delaySeconds);
    },
    metrics: async () => ({ backlogCount: 0, backlogBytes: 0 }),
  });
  return Object.fromEntries(producers.map(({ binding, queue }) => [binding, bind(queue)]));
}

function batchOf(
  queue: string,
  some: readonly Waiting[],
  ends: Map<Waiting, number | 'ack'>,
): MessageBatch {
  const messages = some.map((message) => {
    message.attempts += 1;
    return {
      id: message.id,
      timestamp: new Date(message.sentAt),
      attempts: message.attempts,
      body: JSON.parse(message.text) as unknown,
      ack: () => void ends.set(message, 'ack'),
      retry: ({ delaySeconds = 0 }: QueueRetryOptions = {}) => void ends.set(message, delaySeconds),
    };
  });
  const all = { queue, messages, ackAll: () => {}, retryAll: () => {} };
  return { ...all, metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } } as MessageBatch;
}
