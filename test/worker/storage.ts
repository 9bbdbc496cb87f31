import * as runtime from 'cloudflare:test';
import { env } from 'cloudflare:workers';

/**
 * The runtime destroys an object after ten idle seconds and keeps what it stored. Its own `reset`
 * empties only objects that are in memory (`ActorNamespace::deleteAll` in workerd's server.c++); D1,
 * KV and R2 are such objects too. On a busy machine a test takes ten seconds, and the next one would
 * find its claims, records and backups. Below this time, in milliseconds, no object can have been
 * destroyed.
 */
const NONE_IDLE = 5_000;

/** The ids of the objects that were asked for since the last reset, with their namespaces. */
const used = new Map<string, DurableObjectNamespace>();
/** Work that a Worker left for after its answer. */
const unfinished = new Set<Promise<unknown>>();
/** When the last reset ended; before the first one nothing is known of the file before. */
let emptiedAt = Number.NEGATIVE_INFINITY;

recordStubs();

/** Notes every object that is asked for: tests, the Worker and its objects share an isolate. */
function recordStubs(): void {
  const prototype: object = Object.getPrototypeOf(env.CLAIMS);
  for (const method of ['get', 'getByName']) {
    const original: unknown = Reflect.get(prototype, method);
    if (typeof original !== 'function') throw new Error(`a namespace has no ${method}`);
    const recording = function (this: DurableObjectNamespace, ...given: unknown[]): unknown {
      const stub = Reflect.apply(original, this, given) as DurableObjectStub; // what both methods return
      used.set(`${stub.id}`, this);
      return stub;
    };
    Reflect.set(prototype, method, recording);
  }
}

/** Notes work that runs on after an answer: a reset waits for it, so that it writes nothing after. */
export function noteUnfinished(work: Promise<unknown>): void {
  unfinished.add(work);
  const end = () => void unfinished.delete(work);
  work.then(end, end);
}

/** Empties all storage: objects and their alarms, D1, KV and R2, also where an object is no longer in memory. */
export async function reset(): Promise<void> {
  while (unfinished.size > 0) await Promise.allSettled(unfinished);
  if (performance.now() - emptiedAt >= NONE_IDLE) await emptyIdle();
  await runtime.reset();
  used.clear();
  emptiedAt = performance.now();
}

async function emptyIdle(): Promise<void> {
  await Promise.all(
    [...used].map(([id, namespace]) =>
      // A stub of another object's own would not answer here.
      runtime.runInDurableObject(namespace.get(namespace.idFromString(id)), (_, { storage }) =>
        storage.deleteAll(),
      ),
    ),
  );
  // Asked for anything, the objects behind these are in memory for the next ten seconds.
  await Promise.all([
    env.DB.exec('SELECT 1'),
    env.JOURNAL_DB.exec('SELECT 1'),
    env.KV.list({ limit: 1 }),
    env.ARCHIVE.list({ limit: 1 }),
  ]);
}

/** Destroys an object as the runtime does after ten idle seconds; what it stored stays until the next reset. */
export async function evict(stub: DurableObjectStub): Promise<void> {
  await runtime.evictDurableObject(stub);
  emptiedAt = Number.NEGATIVE_INFINITY;
}

/** Destroys all objects in memory, as `evict` does one. */
export async function evictAll(): Promise<void> {
  await runtime.evictAllDurableObjects();
  emptiedAt = Number.NEGATIVE_INFINITY;
}
