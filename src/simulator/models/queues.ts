import type { World } from '../world/scheduler.ts';
import { askService } from '../world/service.ts';
import type { QueueConfig } from '../world/wrangler.ts';

/** A message as the queue keeps it. */
interface Kept {
  readonly id: string;
  readonly text: string;
  /** The field `key` of its body: what it is about. */
  readonly key: string | undefined;
  readonly sentAt: number;
  attempts: number;
  /** When it is delivered next. */
  due: number;
  /** Until when a consumer has it. */
  busy: boolean;
}

/** One message of a batch, as the consumer answers it. */
export type Verdict = 'ack' | { readonly retryIn: number };

/** What a consumer is given. */
export interface Batch {
  readonly queue: string;
  readonly messages: readonly {
    readonly id: string;
    readonly timestamp: Date;
    readonly attempts: number;
    readonly body: unknown;
  }[];
}

/**
 * Consumes a batch. Answers for each message by its id; `undefined`: it broke off, and everything
 * comes again.
 */
export type Consume = (batch: Batch) => Promise<ReadonlyMap<string, Verdict> | undefined>;

/** All queues of a deployment. */
export interface Queues {
  readonly bind: (queue: string) => object;
  readonly consumeBy: (consume: Consume) => void;
  /** How many messages wait or are being consumed. */
  readonly depth: () => number;
  readonly bodies: () => readonly string[];
  /** The most messages with one `key` that were there at once, by that key. */
  readonly crowds: () => ReadonlyMap<string, number>;
  /** Messages that were lost because no dead-letter queue took them. */
  readonly dropped: () => readonly string[];
}

/** A message of JSON has at most 128 KB, a batch 256 KB or 100 messages. Source: Queues, limits. */
const MOST_BYTES = 128_000;
const MOST_BATCH = 100;
/**
 * A message that was not acknowledged in the end is deleted after four days. Source: Queues,
 * limits.
 */
const RETENTION = 4 * 86_400_000;

const failed = (): Error => new Error('Queue send failed: Internal Server Error');

function keyIn(text: string): string | undefined {
  const key: unknown = Reflect.get(Object(JSON.parse(text)), 'key');
  return typeof key === 'string' ? key : undefined;
}

interface SendOptions {
  readonly delaySeconds?: number;
}

/** Opens the queues. They lose nothing; they deliver late, again, and in any order. */
export function openQueues(world: World, configs: readonly QueueConfig[]): Queues {
  const queues = new Map(
    configs.map((config) => [config.name, { config, kept: new Map<string, Kept>() }]),
  );
  const dropped: string[] = [];
  const alike = new Map<string, { now: number; most: number }>();
  let consume: Consume = async () => undefined;
  let sent = 0;
  const service = { kind: 'queue.send', error: failed, mayHang: false } as const;

  const queueNamed = (name: string) => {
    const queue = queues.get(name);
    if (!queue) throw new Error(`no consumer for queue ${name}: its messages would be lost`);
    return queue;
  };

  function keep(name: string, text: string, { delaySeconds = 0 }: SendOptions): void {
    if (Buffer.byteLength(text) > MOST_BYTES)
      throw new Error('Queue send failed: message is too large');
    const id = `m${sent++}`;
    const message: Kept = {
      id,
      text,
      key: keyIn(text),
      sentAt: world.now(),
      attempts: 0,
      due: 0,
      busy: false,
    };
    queueNamed(name).kept.set(id, message);
    if (message.key !== undefined) {
      const crowd = alike.get(message.key) ?? { now: 0, most: 0 };
      crowd.now += 1;
      crowd.most = Math.max(crowd.most, crowd.now);
      alike.set(message.key, crowd);
    }
    schedule(name, message, delaySeconds * 1_000);
  }

  function schedule(name: string, message: Kept, delay: number): void {
    const late = world.faults.hit('queue.late') ? world.random.between(1_000, 60_000) : 0;
    const { maxBatchTimeout } = queueNamed(name).config;
    message.busy = false;
    message.due = world.now() + delay + late + world.random.next() * maxBatchTimeout;
    world.at(message.due, world.outside, () => deliver(name));
  }

  function deliver(name: string): void {
    const { config, kept } = queueNamed(name);
    const now = world.now();
    const due: Kept[] = [];
    for (const message of kept.values()) if (!message.busy && message.due <= now) due.push(message);
    if (due.length === 0) return;
    const some = due
      .map((message) => ({ message, order: world.random.next() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, config.maxBatchSize)
      .map(({ message }) => message);
    for (const message of some) {
      message.attempts += 1;
      message.busy = true;
    }
    if (due.length > some.length) world.at(world.now() + 1, world.outside, () => deliver(name));
    const batch: Batch = {
      queue: name,
      messages: some.map(({ id, text, sentAt, attempts }) => ({
        id,
        timestamp: new Date(sentAt),
        attempts,
        body: JSON.parse(text),
      })),
    };
    const end = (verdicts: ReadonlyMap<string, Verdict> | undefined): void => {
      for (const message of some) settle(name, message, verdicts?.get(message.id));
    };
    consume(batch).then(end, () => end(undefined));
  }

  function drop(name: string, { id, key }: Kept): void {
    queueNamed(name).kept.delete(id);
    const crowd = key === undefined ? undefined : alike.get(key);
    if (crowd) crowd.now -= 1;
  }

  function settle(name: string, message: Kept, verdict: Verdict | undefined): void {
    const { config } = queueNamed(name);
    if (verdict === 'ack' && !world.faults.hit('queue.duplicate')) {
      drop(name, message);
      return;
    }
    const delay = delayAfter(verdict);
    const isOld = world.now() + delay > message.sentAt + RETENTION;
    if (message.attempts <= config.maxRetries && !isOld) {
      schedule(name, message, delay);
      return;
    }
    drop(name, message);
    if (verdict === 'ack') return;
    world.log('queue gives up', { queue: name, message: message.id, attempts: message.attempts });
    if (config.deadLetterQueue === undefined || isOld) dropped.push(message.text);
    else keep(config.deadLetterQueue, message.text, {});
  }

  /** How long until a message comes again, in milliseconds: asked for, broken off, or twice. */
  function delayAfter(verdict: Verdict | undefined): number {
    if (verdict === undefined) return world.random.between(0, 5_000);
    return verdict === 'ack' ? world.random.between(0, 90_000) : verdict.retryIn;
  }

  return {
    bind: (name) => ({
      send: (body: unknown, options: SendOptions = {}) => {
        const text = JSON.stringify(body);
        return askService(world, service, () => keep(name, text, options));
      },
      sendBatch: (messages: Iterable<{ readonly body: unknown } & SendOptions>) => {
        const all = [...messages].map(({ body, ...options }) => ({
          text: JSON.stringify(body),
          options,
        }));
        if (all.length > MOST_BATCH) throw new Error('Queue sendBatch failed: too many messages');
        return askService(world, service, () => {
          for (const { text, options } of all) keep(name, text, options);
        });
      },
      metrics: async () => ({
        backlogCount: queueNamed(name).kept.size,
        backlogBytes: 0,
        oldestMessageTimestamp: new Date(0),
      }),
    }),
    consumeBy(next) {
      consume = next;
    },
    depth: () => [...queues.values()].reduce((sum, { kept }) => sum + kept.size, 0),
    bodies: () =>
      [...queues.values()].flatMap(({ kept }) => [...kept.values()].map(({ text }) => text)),
    crowds: () => new Map([...alike].map(([key, { most }]) => [key, most])),
    dropped: () => dropped,
  };
}
