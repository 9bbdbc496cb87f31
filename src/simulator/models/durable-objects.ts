import { copyOf } from '../world/copy.ts';
import type { Owner, Waiting, World } from '../world/scheduler.ts';
import { outcomeOf } from '../world/service.ts';
import { type Disk, openDisk, openStorage, recycle, type Storage } from './object-storage.ts';

/** The class of an object, as `worker.ts` exports it. */
export type ObjectClass = new (ctx: never, env: never) => object;

/** All objects of a class. */
export interface Namespace {
  /** The binding. */
  readonly api: object;
  /** Every object with its disk, for the oracle. */
  readonly disks: () => ReadonlyMap<string, Disk>;
  /** Gives the disks back when the run is over. */
  readonly close: () => void;
  /** Calls and alarms that are under way, and alarms that wait, with their times. */
  readonly pending: () => { readonly busy: number; readonly alarms: readonly number[] };
}

interface Incarnation {
  readonly owner: Owner;
  readonly instance: object;
  readonly storage: Storage;
  /** How to tell each caller that the object is gone. */
  readonly callers: Set<(error: Error) => void>;
  /** What must not leave before the storage has stored. */
  readonly gated: (() => void)[];
  isFlushing: boolean;
  /** Its alarm runs, or has run and is not stored as done. */
  isRinging: boolean;
  hasRung: boolean;
}

interface Named {
  readonly name: string;
  readonly disk: Disk;
  /** How far the clock of its machine is ahead, in milliseconds: its alarms ring by that clock. */
  readonly skew: number;
  awake: Incarnation | undefined;
  ringing: Waiting | undefined;
  /** What the alarm that is set was set to. */
  ringsAt: number | null;
  /** An alarm that failed, or broke off, comes again. */
  retrying: { readonly at: number; readonly bell: Waiting } | undefined;
  failures: number;
}

/**
 * An alarm is tried again 6 times, 2 seconds after the first failure, then twice as late each time.
 * Source: Durable Objects, alarms.
 */
const ALARM_RETRIES = 6;
const ALARM_DELAY = 2_000;

const gone = (): Error =>
  Object.assign(new Error('Durable Object reset: its instance is gone.'), {
    remote: true,
    retryable: true,
    durableObjectReset: true,
  });
const unreachable = (): Error =>
  Object.assign(new Error('Network connection lost.'), { retryable: true });

/** Opens the namespace of a class. `env` makes the environment of a new instance. */
export function openNamespace(
  world: World,
  binding: string,
  Class: ObjectClass,
  env: () => object,
): Namespace {
  const objects = new Map<string, Named>();
  let born = 0;

  const find = (name: string): Named => {
    const known = objects.get(name);
    if (known) return known;
    const made: Named = {
      name,
      disk: openDisk(binding),
      skew: world.random.between(-40, 40),
      awake: undefined,
      ringing: undefined,
      ringsAt: null,
      retrying: undefined,
      failures: 0,
    };
    objects.set(name, made);
    return made;
  };

  function wake(object: Named): Incarnation {
    if (object.awake) return object.awake;
    const owner: Owner = {
      name: `${binding}/${object.name.slice(0, 12)}#${born++}`,
      alive: true,
      skew: object.skew,
      dies: 'step.object',
      onDeath: () => end(object, incarnation),
      afterStep: () => flushSoon(object, incarnation),
      gate: (start) => incarnation.gated.push(start),
    };
    const storage = openStorage(object.disk, () => Math.floor(world.now() + object.skew));
    world.become(owner);
    // The model has of both what the product uses.
    const instance = new Class({ storage: storage.api } as never, env() as never);
    storage.hasConstructed();
    const incarnation: Incarnation = {
      ...{ owner, instance, storage },
      callers: new Set(),
      gated: [],
      isFlushing: false,
      isRinging: false,
      hasRung: false,
    };
    object.awake = incarnation;
    return incarnation;
  }

  function end(object: Named, incarnation: Incarnation): void {
    incarnation.storage.rollback();
    object.awake = undefined;
    for (const tell of incarnation.callers) tell(gone());
    incarnation.callers.clear();
    if (incarnation.isRinging) ringAgain(object);
    else setBell(object);
  }

  /**
   * Lets out what waited for the gate: at once where nothing was written, else when it is stored.
   */
  function flushSoon(object: Named, incarnation: Incarnation): void {
    const { storage, gated, owner } = incarnation;
    const release = (): void => {
      for (const start of gated.splice(0)) start();
    };
    if (!storage.isDirty()) {
      if (!incarnation.isFlushing) release();
      return;
    }
    if (incarnation.isFlushing) return;
    incarnation.isFlushing = true;
    world.at(world.now() + world.random.next() * 6, owner, () => {
      incarnation.isFlushing = false;
      storage.commit();
      if (incarnation.hasRung) {
        incarnation.hasRung = false;
        incarnation.isRinging = false;
      }
      setBell(object);
      release();
    });
  }

  /** An instance that nothing uses may be gone when the next call comes. */
  function mayEvict(object: Named): void {
    const { awake } = object;
    if (!awake || awake.callers.size > 0 || awake.isRinging || awake.isFlushing) return;
    if (!world.faults.hit('object.evict')) return;
    awake.owner.alive = false;
    object.awake = undefined;
  }

  function setBell(object: Named): void {
    const { alarm } = object.disk;
    if (alarm === object.ringsAt) return;
    object.ringing?.cancel();
    object.ringsAt = alarm;
    if (alarm === null) return;
    const late = world.faults.hit('alarm.late') ? world.random.between(0, 30_000) : 0;
    object.ringing = world.at(alarm - object.skew + late, world.outside, () => ring(object));
  }

  function ring(object: Named): void {
    object.ringsAt = null;
    object.ringing = undefined;
    // It is set anew when the one that runs has ended.
    if (object.awake?.isRinging) return;
    object.retrying?.bell.cancel();
    object.retrying = undefined;
    const incarnation = wake(object);
    world.become(incarnation.owner);
    world.log('alarm');
    incarnation.isRinging = true;
    // It counts as not set while it runs; that it must run again if this breaks off is the
    // platform's to know.
    object.disk.alarm = null;
    // As `openStorage` makes it.
    void (incarnation.storage.api as { deleteAlarm: () => Promise<void> }).deleteAlarm();
    const ran: unknown = Reflect.apply(
      Reflect.get(incarnation.instance, 'alarm'),
      incarnation.instance,
      [],
    );
    Promise.resolve(ran).then(
      () => {
        incarnation.hasRung = true;
        object.failures = 0;
      },
      (error: unknown) => {
        incarnation.hasRung = true;
        world.log('alarm failed', String(error));
        ringAgain(object);
      },
    );
  }

  function ringAgain(object: Named): void {
    object.failures += 1;
    if (object.failures > ALARM_RETRIES) {
      object.failures = 0;
      world.log('alarm is dropped');
      setBell(object);
      return;
    }
    const at = world.now() + ALARM_DELAY * 2 ** (object.failures - 1);
    object.retrying?.bell.cancel();
    object.retrying = { at, bell: world.at(at, world.outside, () => ring(object)) };
    setBell(object);
  }

  const call = (object: Named, method: string, args: readonly unknown[]): Promise<unknown> => {
    const sent = copyOf(args);
    return world.ask<unknown>((answer) => {
      const fate = world.faults.fate('rpc', false);
      if (fate === 'fails')
        return answer(() => {
          throw unreachable();
        });
      mayEvict(object);
      const { owner, instance, callers, gated } = wake(object);
      world.become(owner);
      const tell = (error: Error): void =>
        answer(() => {
          throw error;
        });
      callers.add(tell);
      const settle = (result: () => unknown): void =>
        void gated.push(() => {
          if (!callers.delete(tell)) return;
          if (fate === 'unsure') tell(unreachable());
          else answer(result);
        });
      const work = outcomeOf<unknown>(() =>
        Reflect.apply(Reflect.get(instance, method), instance, sent),
      );
      Promise.resolve()
        .then(work)
        .then(
          (value) => settle(outcomeOf(() => copyOf(value))),
          (error: unknown) =>
            settle(() => {
              throw remote(error);
            }),
        );
      return undefined;
    }, 6);
  };

  const stub = (name: string): object =>
    new Proxy(
      {},
      {
        get: (_, method) =>
          typeof method !== 'string' || method === 'then'
            ? undefined
            : (...args: readonly unknown[]) => call(find(name), method, args),
      },
    );
  const api: Record<string, unknown> = {
    getByName: stub,
    idFromName: (name: string) => name,
    get: stub,
  };
  api.jurisdiction = () => api;
  return {
    api,
    close() {
      for (const { disk } of objects.values()) recycle(binding, disk);
      objects.clear();
    },
    disks: () => new Map([...objects].map(([name, { disk }]) => [name, disk])),
    pending: () => ({
      busy: [...objects.values()].filter(
        ({ awake }) => awake && (awake.callers.size > 0 || awake.isRinging || awake.isFlushing),
      ).length,
      alarms: [...objects.values()].flatMap(({ disk, retrying }) => [
        ...(disk.alarm === null ? [] : [disk.alarm]),
        ...(retrying ? [retrying.at] : []),
      ]),
    }),
  };
}

/** An error as it crosses RPC: its message, and not its class. */
function remote(error: unknown): Error {
  const copy = new Error(error instanceof Error ? error.message : String(error));
  return Object.assign(copy, { remote: true });
}
