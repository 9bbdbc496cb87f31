import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { nextAt } from '../../src/objects/alerts/alert-state.ts';

/** The alarms of the objects that put work on a queue, on a virtual clock: the runtime's own ring by real time, which a test does not wait for. */
export interface Bells {
  /** When the next one rings, milliseconds since 1970. */
  readonly next: () => Promise<number | undefined>;
  /** Rings all that are due. */
  readonly ring: () => Promise<void>;
}

/** Opens the bells; what an alarm puts on the effects queue goes to the test's own. */
export function openBells(effects: Queue): Bells {
  const alertGroups = async () =>
    Promise.all(
      (await listDurableObjectIds(env.ALERT_GROUPS)).map(async (id) => {
        const stub = env.ALERT_GROUPS.get(id);
        const group = await stub.read();
        const ring = () => runInDurableObject(stub, (object) => ringOne(object));
        return { ring, at: group && nextAt(group) };
      }),
    );
  const refusals = async () =>
    Promise.all(
      (await listDurableObjectIds(env.REFUSALS)).map(async (id) => {
        const stub = env.REFUSALS.get(id);
        const ring = () => runInDurableObject(stub, (object) => ringOne(object));
        return { ring, at: await stub.dueAt() };
      }),
    );
  const heartbeats = async () =>
    Promise.all(
      (await listDurableObjectIds(env.HEARTBEATS)).map(async (id) => {
        const stub = env.HEARTBEATS.get(id);
        const ring = () => runInDurableObject(stub, (object) => ringOne(object));
        return { ring, at: await stub.dueAt() };
      }),
    );
  async function ringOne(object: { alarm(): Promise<void> }): Promise<void> {
    // The environment of the objects is one object of its own, and open to change.
    Object.assign(Reflect.get(object, 'env') as object, { EFFECTS: effects });
    await object.alarm();
  }
  const bells = async () => [
    ...(await alertGroups()),
    ...(await refusals()),
    ...(await heartbeats()),
  ];
  return {
    async next() {
      const times = (await bells()).flatMap(({ at }) => at ?? []);
      return times.length > 0 ? Math.min(...times) : undefined;
    },
    async ring() {
      for (const { ring, at } of await bells())
        if (at !== undefined && at <= Date.now()) await ring();
    },
  };
}
