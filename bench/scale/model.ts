import { openHeap } from '../../src/simulator/world/heap.ts';

/** A server that works on one request at a time, in the order of arrival: an object, or the database of the journal. */
interface Server {
  freeAt: number;
  calls: number;
  busyMs: number;
  longestWait: number;
  /** Calls in the current second, and the most in any. */
  second: number;
  inSecond: number;
  mostInSecond: number;
}

const newServer = (): Server => ({
  ...{ freeAt: 0, calls: 0, busyMs: 0, longestWait: 0 },
  ...{ second: -1, inSecond: 0, mostInSecond: 0 },
});

/** Serves a request that arrives at `at`, and returns when it is done. Times in milliseconds. */
export function serve(server: Server, at: number, serviceMs: number): number {
  const begins = Math.max(at, server.freeAt);
  server.freeAt = begins + serviceMs;
  server.calls += 1;
  server.busyMs += serviceMs;
  server.longestWait = Math.max(server.longestWait, begins - at);
  const second = Math.floor(at / 1_000);
  if (second !== server.second) [server.second, server.inSecond] = [second, 0];
  server.inSecond += 1;
  server.mostInSecond = Math.max(server.mostInSecond, server.inSecond);
  return server.freeAt;
}

/** The servers of a kind, by number. */
export class Servers {
  readonly all = new Map<number, Server>();

  of(number: number): Server {
    const known = this.all.get(number) ?? newServer();
    this.all.set(number, known);
    return known;
  }
}

/** How a queue delivers. */
export interface QueueTerms {
  readonly maxBatchSize: number;
  readonly maxBatchTimeoutMs: number;
  /** How many consumers run at once at most: Queues scale to 250. */
  readonly concurrency: number;
}

/** A queue that delivers batches to its consumers. */
export class ModelQueue {
  readonly #terms: QueueTerms;
  readonly #consume: (messages: number, at: number) => number;
  readonly #running = openHeap<{
    readonly at: number;
    readonly tie: number;
    readonly seq: number;
  }>();
  #runs = 0;
  #seq = 0;
  #waiting = 0;
  #oldest = 0;
  longest = 0;
  readonly depths: number[] = [];

  /** @param consume works on a batch that begins at a time, and returns when it ends */
  constructor(terms: QueueTerms, consume: (messages: number, at: number) => number) {
    this.#terms = terms;
    this.#consume = consume;
  }

  send(at: number): void {
    this.settle(at);
    if (this.#waiting === 0) this.#oldest = at;
    this.#waiting += 1;
    this.longest = Math.max(this.longest, this.#waiting);
    if (this.#waiting >= this.#terms.maxBatchSize) this.#deliver(at);
  }

  /** Delivers what has waited long enough. */
  settle(at: number): void {
    for (let first = this.#running.peek(); first && first.at <= at; first = this.#running.peek()) {
      this.#running.pop();
      this.#runs -= 1;
    }
    while (this.#waiting > 0 && this.#runs < this.#terms.concurrency) {
      const due = this.#waiting >= this.#terms.maxBatchSize;
      if (!due && at - this.#oldest < this.#terms.maxBatchTimeoutMs) return;
      this.#deliver(at);
    }
  }

  get waiting(): number {
    return this.#waiting;
  }

  #deliver(at: number): void {
    if (this.#runs >= this.#terms.concurrency) return;
    const messages = Math.min(this.#waiting, this.#terms.maxBatchSize);
    this.#waiting -= messages;
    this.#oldest = at;
    this.#runs += 1;
    this.#running.push({ at: this.#consume(messages, at), tie: 0, seq: this.#seq++ });
  }
}
