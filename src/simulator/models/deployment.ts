import type { World } from '../world/scheduler.ts';
import type { Deployment } from '../world/wrangler.ts';
import { type D1Store, openD1 } from './d1.ts';
import { type Namespace, type ObjectClass, openNamespace } from './durable-objects.ts';
import { type Isolates, openIsolates, type WorkerModule } from './isolates.ts';
import { type KvStore, openKv } from './kv.ts';
import { openQueues, type Queues } from './queues.ts';
import { openR2, type R2Store } from './r2.ts';

/** A deployed Worker over model bindings. */
export interface Deployed {
  readonly isolates: Isolates;
  readonly queues: Queues;
  readonly kv: KvStore;
  readonly databases: ReadonlyMap<string, D1Store>;
  readonly buckets: ReadonlyMap<string, R2Store>;
  readonly objects: ReadonlyMap<string, Namespace>;
  /** Gives disks and databases back when the run is over. */
  readonly close: () => void;
}

/** What is deployed. */
export interface Deploying {
  readonly config: Deployment;
  /** Secrets and settings. */
  readonly settings: Readonly<Record<string, string>>;
  readonly worker: WorkerModule;
  /** The exports of the Worker's module, by name: the classes of its objects. */
  readonly exports: Readonly<Record<string, unknown>>;
  /**
   * Called with each new environment, of an isolate or of the objects, before anything runs in it.
   */
  readonly onEnv?: (env: object) => void;
}

/** Deploys the Worker: every binding of wrangler.toml is a model. */
export function deploy(
  world: World,
  { config, settings, worker, exports, onEnv = () => {} }: Deploying,
): Deployed {
  const kv = openKv(world);
  const queues = openQueues(world, config.consumers);
  const databases = new Map(
    config.databases.map(({ binding, migrations }) => [binding, openD1(world, migrations)]),
  );
  const buckets = new Map(config.buckets.map((binding) => [binding, openR2(world)]));
  const objects = new Map<string, Namespace>();

  const makeEnv = (place: number): object => {
    const env: Record<string, unknown> = { ...settings };
    for (const binding of config.kv) env[binding] = kv.bind(place);
    // Each isolate has bindings of its own: what it remembers by them goes with it.
    for (const [binding, { api }] of databases) env[binding] = { ...api };
    for (const [binding, { api }] of buckets) env[binding] = { ...api };
    for (const [binding, { api }] of objects) env[binding] = { ...api };
    for (const { binding, queue } of config.producers) env[binding] = queues.bind(queue);
    for (const binding of config.rateLimits)
      env[binding] = { limit: async () => ({ success: true }) };
    onEnv(env);
    return env;
  };
  // The objects run elsewhere on the network, and share one environment.
  let objectEnv: object | undefined;
  const envOfObjects = (): object => {
    objectEnv ??= makeEnv(-1);
    return objectEnv;
  };
  for (const { binding, className } of config.objects) {
    const Class = exports[className];
    if (typeof Class !== 'function')
      throw new Error(`${className}: the Worker exports no such class`);
    // Every class that wrangler.toml names extends DurableObject.
    objects.set(binding, openNamespace(world, binding, Class as ObjectClass, envOfObjects));
  }
  const isolates = openIsolates(world, worker, makeEnv);
  queues.consumeBy(isolates.consume);
  const close = (): void => {
    for (const one of [...objects.values(), ...databases.values()]) one.close();
  };
  return { isolates, queues, kv, databases, buckets, objects, close };
}
