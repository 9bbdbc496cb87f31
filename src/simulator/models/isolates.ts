import type { Owner, World } from '../world/scheduler.ts';
import { streamOf } from '../world/stream.ts';
import type { Batch, Verdict } from './queues.ts';

/** The Worker, as `worker.ts` exports it. */
export interface WorkerModule {
  readonly fetch: (request: Request, env: never, context: never) => Response | Promise<Response>;
  readonly queue: (batch: never, env: never, context: never) => Promise<void>;
  readonly scheduled: (event: never, env: never, context: never) => Promise<void>;
}

/** An HTTP request. */
export interface Outgoing {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** What an HTTP request came to. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** The isolates that run the Worker: each has its own memory and clock, and may die at any step. */
export interface Isolates {
  /** Sends a request to one of them. `undefined`: no answer came. */
  readonly request: (request: Outgoing, patience: number) => Promise<Answered | undefined>;
  readonly consume: (batch: Batch) => Promise<ReadonlyMap<string, Verdict> | undefined>;
  readonly scheduled: (cron: string) => Promise<boolean>;
  /** How many requests and batches ended in an error that the Worker did not catch. */
  readonly crashes: () => number;
}

interface Isolate {
  readonly owner: Owner;
  readonly env: object;
  readonly broken: Set<() => void>;
}

/** How many run side by side, at the most. */
const MOST = 3;
/** How long one event of a queue may take, in milliseconds. Source: Workers, limits. */
const WALL = 15 * 60_000;

/**
 * Opens the isolates. `makeEnv` gives a new one its bindings, as one at that place of the network
 * has them.
 */
export function openIsolates(
  world: World,
  worker: WorkerModule,
  makeEnv: (place: number) => object,
): Isolates {
  const isolates: Isolate[] = [];
  let born = 0;
  let crashes = 0;

  function start(): Isolate {
    const number = born++;
    const broken = new Set<() => void>();
    const owner: Owner = {
      name: `isolate-${number}`,
      alive: true,
      skew: world.random.between(-300, 300),
      drift: world.random.between(-150, 150),
      dies: 'step.isolate',
      onDeath() {
        isolates.splice(isolates.indexOf(isolate), 1);
        for (const tell of broken) tell();
      },
    };
    const isolate: Isolate = { owner, env: makeEnv(number % MOST), broken };
    isolates.push(isolate);
    return isolate;
  }
  const choose = (): Isolate =>
    isolates.length < MOST && (isolates.length === 0 || world.random.chance(0.1))
      ? start()
      : world.random.pick(isolates);

  /**
   * Runs one event in an isolate. Answers `undefined` when the isolate dies first, or `patience`
   * milliseconds are over.
   */
  function invoke<T>(
    work: (env: never, context: never) => Promise<T>,
    patience: number,
    mayThrow = false,
  ): Promise<{ readonly value: T } | { readonly error: unknown } | undefined> {
    return new Promise((resolve) => {
      world.at(world.now() + world.random.next() * 20, world.outside, () => {
        const { owner, env, broken } = choose();
        const over = (): void => {
          limit.cancel();
          broken.delete(over);
          resolve(undefined);
        };
        const limit = world.at(world.now() + patience, world.outside, over);
        broken.add(over);
        world.become(owner);
        const settle = (end: { value: T } | { error: unknown }): void =>
          void world.at(world.now() + world.random.next() * 20, owner, () => {
            if (!broken.delete(over)) return;
            limit.cancel();
            world.become(world.outside);
            resolve(end);
          });
        const waitUntil = (promise: Promise<unknown>): void => {
          // What is left for later may fail: the runtime only logs it.
          promise.catch((error: unknown) => world.log('waitUntil failed', String(error)));
        };
        const context = { waitUntil, passThroughOnException: () => {}, props: {} };
        Promise.resolve()
          .then(() => work(env as never, context as never)) // the models hold what the product uses
          .then(
            (value) => settle({ value }),
            (error: unknown) => {
              if (!mayThrow) crashes += 1;
              settle({ error });
            },
          );
      });
    });
  }

  return {
    crashes: () => crashes,
    async request({ url, method, headers, body = '' }, patience) {
      const ended = await invoke(async (env, context) => {
        const streamed = body.length === 0 ? {} : { body: streamOf(world, body), duplex: 'half' };
        const response = await worker.fetch(
          new Request(url, { method, headers, ...streamed }),
          env,
          context,
        );
        return { status: response.status, headers: response.headers, text: await response.text() };
      }, patience);
      return ended && 'value' in ended ? ended.value : undefined;
    },
    async consume(batch) {
      const verdicts = new Map<string, Verdict>();
      const messages = batch.messages.map((message) => ({
        ...message,
        ack: () => void (verdicts.has(message.id) || verdicts.set(message.id, 'ack')),
        retry: ({ delaySeconds = 0 }: { readonly delaySeconds?: number } = {}) =>
          void (
            verdicts.has(message.id) || verdicts.set(message.id, { retryIn: delaySeconds * 1_000 })
          ),
      }));
      const ended = await invoke(
        (env, context) => worker.queue({ ...batch, messages } as never, env, context),
        WALL,
      );
      if (!ended) return undefined;
      // Whatever was not answered is acknowledged when the consumer returns, and comes again when
      // it throws.
      if ('value' in ended)
        for (const { id } of messages) if (!verdicts.has(id)) verdicts.set(id, 'ack');
      return verdicts;
    },
    async scheduled(cron) {
      const ended = await invoke(
        (env, context) =>
          worker.scheduled({ cron, scheduledTime: world.now() } as never, env, context),
        WALL,
        // A scheduled run that fails says so by throwing: the platform counts it.
        true,
      );
      return ended !== undefined && 'value' in ended;
    },
  };
}
