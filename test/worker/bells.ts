import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { nextAt } from '../../src/objects/alerts/alert-state.ts';

/** The alarms of the alert groups on a virtual clock: the runtime's own ring by real time, which a test does not wait for. */
export interface Bells {
  /** When the next one rings, milliseconds since 1970. */
  readonly next: () => Promise<number | undefined>;
  /** Rings all that are due. */
  readonly ring: () => Promise<void>;
}

/** Opens the bells; what an alarm puts on the effects queue goes to the test's own. */
export function openBells(effects: Queue): Bells {
  const groups = async () => {
    const ids = await listDurableObjectIds(env.ALERT_GROUPS);
    const stubs = ids.map((id) => env.ALERT_GROUPS.get(id));
    return Promise.all(
      stubs.map(async (stub) => {
        const group = await stub.read();
        return { stub, at: group && nextAt(group) };
      }),
    );
  };
  return {
    async next() {
      const times = (await groups()).flatMap(({ at }) => at ?? []);
      return times.length > 0 ? Math.min(...times) : undefined;
    },
    async ring() {
      for (const { stub, at } of await groups()) {
        if (at === undefined || at > Date.now()) continue;
        await runInDurableObject(stub, async (group) => {
          // The environment of the objects is one object of its own, and open to change.
          Object.assign(Reflect.get(group, 'env') as object, { EFFECTS: effects });
          await group.alarm();
        });
      }
    },
  };
}
