import type { FaultKind, Faults } from './faults.ts';
import { openHeap } from './heap.ts';
import type { Random } from './random.ts';

/**
 * What code runs in: an isolate, an object, or the world outside. When it dies, nothing of it ever
 * continues.
 */
export interface Owner {
  readonly name: string;
  alive: boolean;
  /** What its clock says more than the true time when the run begins, in milliseconds. */
  readonly skew: number;
  /** By how much its clock gains and loses again within 20 minutes, in milliseconds. */
  readonly drift?: number;
  /** The fault that ends it at any of its steps. */
  readonly dies?: FaultKind;
  readonly onDeath?: () => void;
  /** Called when a step has ended and nothing of it can continue at once. */
  readonly afterStep?: () => void;
  /** Calls `start` when what it sends out may leave: the output gate of an object. */
  readonly gate?: (start: () => void) => void;
}

/** An event that waits for its time. */
export interface Waiting {
  readonly cancel: () => void;
}

/**
 * Runs everything that the world serves: one step at a time, in an order that the seed alone
 * decides.
 */
export interface World {
  readonly random: Random;
  readonly faults: Faults;
  /** Runs code outside every isolate: services, people, Sinch. */
  readonly outside: Owner;
  /** The true time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly current: () => Owner;
  /** The time by the clock of the owner that runs. */
  readonly clock: () => number;
  readonly at: (at: number, owner: Owner, run: () => void) => Waiting;
  /** The rest of this step belongs to another owner. */
  readonly become: (owner: Owner) => void;
  /**
   * Sends a request from the owner that runs to a service outside, and gives its answer back to it.
   * `serve` runs when the request arrives; the answer is a step of the owner's, so that the owner
   * can die on either side of it.
   * @param latency the most that one way takes, in milliseconds
   */
  readonly ask: <T>(serve: (answer: Answer<T>) => void, latency?: number) => Promise<T>;
  readonly kill: (owner: Owner) => void;
  /** Runs until `until` (milliseconds), or until nothing is left that happens before. */
  readonly run: (until: number) => Promise<void>;
  readonly steps: () => number;
  readonly log: (what: string, detail?: unknown) => void;
  readonly lines: () => readonly string[];
}

export type Answer<T> = (result: () => T) => void;

/** How long a clock gains before it loses again, in milliseconds. */
const DRIFT_HALF = 600_000;

interface Event {
  readonly at: number;
  readonly tie: number;
  readonly seq: number;
  readonly owner: Owner;
  readonly run: () => void;
  cancelled: boolean;
}

// Taken before anything replaces it.
const immediate = globalThis.setImmediate;
/**
 * Runs all microtasks and ticks that wait. Node offers it as `process._tickCallback` only, and only outside a microtask. A turn of the
 * event loop after each step would do the same and take longer than most steps.
 */
const drain = Reflect.get(process, '_tickCallback') as () => void; // since Node 0.10

/** How a world is opened. */
export interface WorldOptions {
  readonly random: Random;
  readonly faults: (now: () => number) => Faults;
  /** When it begins, in milliseconds since 1970. */
  readonly start: number;
  /** Whether a log is kept: it costs half the speed. */
  readonly traced: boolean;
}

/** Opens a world in which nothing has happened yet. */
export function openWorld({ random, faults: open, start, traced }: WorldOptions): World {
  const outside: Owner = { name: 'outside', alive: true, skew: 0 };
  const events = openHeap<Event>();
  const lines: string[] = [];
  let time = start;
  let current = outside;
  let seq = 0;
  let steps = 0;
  const now = (): number => time;
  const faults = open(now);

  const log = (what: string, detail?: unknown): void => {
    if (!traced) return;
    const said = detail === undefined ? '' : ` ${JSON.stringify(detail)}`;
    lines.push(
      `${new Date(time).toISOString().slice(5, 23)} ${current.name.padEnd(24)} ${what}${said}`,
    );
  };
  faults.onFault((kind, fate) => log(`fault ${kind}: ${fate}`));

  const at: World['at'] = (when, owner, run) => {
    const event: Event = {
      at: Math.max(time, when),
      tie: random.next(),
      seq: seq++,
      owner,
      run,
      cancelled: false,
    };
    events.push(event);
    return {
      cancel: () => {
        event.cancelled = true;
      },
    };
  };

  const kill = (owner: Owner): void => {
    if (!owner.alive) return;
    log(`${owner.name} dies`);
    owner.alive = false;
    owner.onDeath?.();
  };

  function step(event: Event): void {
    time = event.at;
    if (event.cancelled || !event.owner.alive) return;
    steps += 1;
    current = event.owner;
    if (current.dies && faults.hit(current.dies)) {
      const dead = current;
      current = outside;
      kill(dead);
    } else {
      event.run();
    }
    drain();
    if (current.alive) current.afterStep?.();
    current = outside;
  }

  return {
    random,
    faults,
    outside,
    now,
    current: () => current,
    clock: () => {
      const phase = ((time - start) / DRIFT_HALF) % 2;
      const gained = (current.drift ?? 0) * (phase < 1 ? phase : 2 - phase);
      return Math.floor(time + current.skew + gained);
    },
    at,
    kill,
    log,
    steps: () => steps,
    lines: () => lines,
    become(owner) {
      current = owner;
    },
    ask(serve, latency = 8) {
      const owner = current;
      const delay = (): number => random.next() * latency;
      return new Promise((resolve, reject) => {
        const answer = <T>(result: () => T): void =>
          void at(time + delay(), owner, () => {
            try {
              // The promise is of the type that `result` gives.
              resolve(result() as Parameters<typeof resolve>[0]);
            } catch (error) {
              reject(error);
            }
          });
        const start = (): void => void at(time + delay(), outside, () => serve(answer));
        if (owner.gate) owner.gate(start);
        else start();
      });
    },
    run: (until) =>
      new Promise((resolve, reject) => {
        const runAll = (): void => {
          for (;;) {
            const next = events.peek();
            if (!next || next.at > until) break;
            events.pop();
            step(next);
          }
          time = Math.max(time, until);
        };
        // Inside a microtask nothing could be drained.
        immediate(() => {
          try {
            runAll();
            resolve();
          } catch (error) {
            reject(error);
          }
        });
      }),
  };
}
