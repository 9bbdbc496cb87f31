import type { Bells } from './bells.ts';

/** A message on the line. */
interface Waiting {
  readonly queue: string;
  readonly body: unknown;
  readonly sentAt: number;
  readonly due: number;
  readonly attempts: number;
}

/** A queue forgets what it has had for four days, without a word. Source: Cloudflare Queues, limits. */
const KEPT = 4 * 86_400_000;

type Consumer = (batch: MessageBatch<unknown>) => Promise<void>;

/**
 * Queues on a virtual clock: what Cloudflare's do, plus what the local ones hide. Messages come when they are due,
 * are repeated when asked, and, when told to, come twice or in another order. A body is cloned, as a real queue does.
 */
export interface Line {
  readonly queue: <T>(name: string) => Queue<T>;
  /** Delivers everything due up to `until` (milliseconds), moving the clock along. */
  readonly run: (
    until: number,
    consumers: Readonly<Record<string, Consumer>>,
    bells?: Bells,
  ) => Promise<void>;
  readonly waiting: () => readonly Waiting[];
  /** How often each message is delivered; 2 is a queue that delivers everything twice. */
  times: number;
  /** Which of the messages that are due come in the next batch, and in which order: all, unless said. */
  pick: <M>(due: readonly M[]) => readonly M[];
  /** The next sends fail, as `send()` does in production. */
  failing: boolean;
  /** Sizes, in messages, of each `sendBatch` so far. */
  readonly batches: number[];
}

/** A message travels as JSON. */
const bytesOf = (body: unknown): number =>
  new TextEncoder().encode(JSON.stringify(body)).byteLength;

/** Opens a line. */
export function createLine(now: () => number, setTime: (time: number) => void): Line {
  let waiting: Waiting[] = [];
  const put = (queue: string, body: unknown, delaySeconds = 0): void => {
    if (line.failing) throw new Error('Queue send failed');
    if (bytesOf(body) > 128_000) throw new Error('message length exceeds 128 KB');
    for (let copy = 0; copy < line.times; copy++) {
      const sentAt = now();
      waiting.push({
        queue,
        body: structuredClone(body),
        sentAt,
        due: sentAt + delaySeconds * 1000,
        attempts: 1,
      });
    }
  };
  const metrics = { backlogCount: 0, backlogBytes: 0 };
  const line: Line = {
    times: 1,
    pick: (due) => due,
    failing: false,
    batches: [],
    waiting: () => waiting,
    queue: (name) => ({
      metrics: async () => ({ ...metrics, backlogCount: waiting.length }),
      async send(body, options) {
        put(name, body, options?.delaySeconds);
        return { metadata: { metrics } };
      },
      async sendBatch(messages) {
        const all = [...messages];
        line.batches.push(all.length);
        const bytes = all.reduce((sum, { body }) => sum + bytesOf(body), 0);
        if (all.length > 100 || bytes > 256_000)
          throw new Error('batch exceeds 100 messages or 256 KB');
        for (const { body, delaySeconds } of all) put(name, body, delaySeconds);
        return { metadata: { metrics } };
      },
    }),
    async run(until, consumers, bells) {
      for (;;) {
        const bell = Math.max((await bells?.next()) ?? Number.POSITIVE_INFINITY, now());
        waiting = waiting.filter(({ sentAt, due }) => due < sentAt + KEPT);
        const [next] = waiting.filter(({ due }) => due <= until).toSorted((a, b) => a.due - b.due);
        if (bell <= until && bell < (next?.due ?? Number.POSITIVE_INFINITY)) {
          setTime(bell);
          const before = waiting.length;
          await bells?.ring();
          if (waiting.length > before) continue;
        }
        if (!next) break;
        if (next.due > now()) setTime(next.due);
        const batch = line.pick(
          waiting.filter(({ queue, due }) => queue === next.queue && due <= now()),
        );
        waiting = waiting.filter((message) => !batch.includes(message));
        await deliver(next.queue, batch, consumers[next.queue]);
      }
      setTime(Math.max(until, now()));
    },
  };

  async function deliver(
    queue: string,
    batch: readonly Waiting[],
    consumer: Consumer | undefined,
  ): Promise<void> {
    const messages = batch.map(
      (message, index): Message<unknown> => ({
        id: `${queue}-${index}`,
        timestamp: new Date(message.sentAt),
        body: message.body,
        attempts: message.attempts,
        ack: () => {},
        retry: (options) => {
          waiting.push({
            ...message,
            attempts: message.attempts + 1,
            due: now() + (options?.delaySeconds ?? 0) * 1000,
          });
        },
      }),
    );
    await consumer?.({
      queue: `signalbox-${queue}`,
      messages,
      metadata: { metrics },
      ackAll: () => {},
      retryAll: () => {},
    });
  }
  return line;
}
