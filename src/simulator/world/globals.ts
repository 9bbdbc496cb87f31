import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Random } from './random.ts';
import type { Waiting, World } from './scheduler.ts';
import { openWebCrypto } from './web-crypto.ts';

/** What a run puts behind the globals of the runtime. */
export interface Run {
  readonly world: World;
  /** The random numbers of the product: backoff, nonces, ids. */
  readonly random: Random;
  readonly fetch: (request: Request) => Promise<Response>;
  /** Hears what the product logs as an error. */
  readonly onError: (logged: unknown) => void;
}

let run: Run | undefined;
const realNow = Date.now;
const RealDate = Date;

const current = (): Run => {
  if (!run) throw new Error('no simulation runs');
  return run;
};

/** Puts a run behind the globals, or the real ones back. */
export function enter(next: Run | undefined): void {
  run = next;
}

/**
 * Replaces the clock, the timers, random numbers, WebCrypto, `fetch` and the console of this
 * process by those of the run that was entered. Call it once, before the product is loaded.
 */
export function installGlobals(): void {
  const math = Math.random;
  Math.random = () => (run ? run.random.next() : math());
  globalThis.Date = class extends RealDate {
    constructor(...given: [] | [number | string | Date]) {
      if (given.length === 0) super(run ? run.world.clock() : realNow());
      else super(...given);
    }
    static override now = (): number => (run ? run.world.clock() : realNow());
  } as DateConstructor; // also called as a function nowhere in the product

  const later = <T>(compute: () => T): Promise<T> => {
    const { world } = current();
    const owner = world.current();
    return new Promise((resolve, reject) => {
      world.at(world.now() + world.random.next() * 2, owner, () => {
        try {
          resolve(compute());
        } catch (error) {
          reject(error);
        }
      });
    });
  };
  define(
    'crypto',
    openWebCrypto(later, () => current().random),
  );
  define(
    'CompressionStream',
    streamOf((bytes) => deflateRawSync(bytes, QUICKLY)),
  );
  define('DecompressionStream', streamOf(inflateRawSync));
  define('FixedLengthStream', FixedLengthStream);
  define('fetch', (input: Request | string | URL, init?: RequestInit) =>
    fetchFrom(new Request(input, init), init?.signal ?? undefined),
  );
  define('scheduler', {
    wait: (ms: number) => new Promise<void>((resolve) => void startTimer(resolve, ms)),
  });
  define('setTimeout', startTimer);
  define('clearTimeout', (timer: Waiting | undefined) => timer?.cancel());
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    startTimer(
      () => controller.abort(new DOMException('The operation timed out', 'TimeoutError')),
      ms,
    );
    return controller.signal;
  };
  // The runtime only logs a rejected promise that is not awaited; here it must not end the run, and must not be missed.
  process.on('unhandledRejection', (reason) => {
    if (!run) throw reason;
    run.onError({ event: 'unhandled.bug', message: String(reason) });
  });
  const { log } = console;
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    console[level] = (...words: unknown[]) => {
      if (!run) return log(...words);
      const [first] = words;
      run.world.log(level, words.length === 1 ? first : words);
      if (level === 'error') run.onError(first);
    };
  }
}

/** Small texts are compressed thousands of times: a small window takes less memory, and less time. */
const QUICKLY = { level: 1, memLevel: 1, windowBits: 10 };

/** A stream that compresses at once: Node's answers from a thread pool, which no scheduler orders. */
const streamOf = (compress: (bytes: Uint8Array) => Uint8Array) =>
  class extends TransformStream<Uint8Array, Uint8Array> {
    constructor() {
      const chunks: Uint8Array[] = [];
      super({
        transform: (chunk) => void chunks.push(chunk),
        flush: (controller) => controller.enqueue(new Uint8Array(compress(Buffer.concat(chunks)))),
      });
    }
  };

/** A stream of just so many bytes: R2 takes none without its length. */
class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor(size: number) {
    let left = size;
    super({
      transform(chunk, controller) {
        left -= chunk.byteLength;
        if (left < 0) throw new TypeError('FixedLengthStream: more bytes than were stated');
        controller.enqueue(chunk);
      },
      flush() {
        if (left > 0) throw new TypeError('FixedLengthStream: fewer bytes than were stated');
      },
    });
  }
}

const define = (name: string, value: unknown): void => {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
};

function startTimer(done: () => void, ms: number): Waiting {
  const { world } = current();
  return world.at(world.now() + Math.max(0, ms), world.current(), done);
}

function fetchFrom(request: Request, signal: AbortSignal | undefined): Promise<Response> {
  const answered = current().fetch(request);
  if (!signal) return answered;
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
    answered.then(resolve, reject);
  });
}
