import type { OpenServices } from '../../../src/services.ts';
import { type Sabotage, withObjects } from './sabotage.ts';

/** A queue whose sends are answered before they are done. */
const notAwaited = (queue: OpenServices['effects']): OpenServices['effects'] => ({
  sendBatch: async (messages) => {
    queue.sendBatch(messages).catch(() => {});
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  },
});

/** A namespace whose objects hear of an erasure as if it were older than every event. */
function timeless<N extends object>(namespace: N, method: string): N {
  // As the models make it.
  const { getByName } = namespace as unknown as { getByName: (name: string) => object };
  const get = (name: string): object =>
    new Proxy(getByName(name), {
      get: (stub, key) =>
        key === method
          ? (whom: unknown) => Reflect.apply(Reflect.get(stub, key), stub, [whom, 0])
          : Reflect.get(stub, key),
    });
  return { ...namespace, getByName: get, get };
}

/**
 * A queue that takes each message twice. Work that waits in a line is put anew each time, so it doubles; up to 100
 * messages of one effect, so that a run ends.
 */
function twice(queue: OpenServices['effects'], seen: Map<string, number>): OpenServices['effects'] {
  const keyOf = (body: unknown): string => String(Reflect.get(Object(body), 'key'));
  return {
    sendBatch: async (messages) => {
      const all = [...messages];
      const again = all.filter(({ body }) => {
        const count = (seen.get(keyOf(body)) ?? 0) + 1;
        seen.set(keyOf(body), count);
        return count <= 100;
      });
      return queue.sendBatch([...all, ...again]);
    },
  };
}

/** Protections of what cannot be done now: it waits, is kept, and is told. */
export const safetyNetSabotages: readonly Sabotage[] = [
  {
    name: 'dead-letters-not-kept',
    what: 'Work that failed for good is acknowledged and not kept.',
    services: (services) => ({
      ...services,
      deadLetters: { ...services.deadLetters, keep: async () => '' },
    }),
  },
  {
    name: 'deferred-not-kept',
    what: 'A callback that could not be decided is acknowledged and not put on its queue.',
    services: (services) => ({
      ...services,
      callbacks: {
        send: async () => ({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } }),
      },
    }),
  },
  {
    name: 'effects-not-awaited',
    what: 'Effects are put on the queue behind the answer: the callback is acknowledged before.',
    services: (services) => ({
      ...services,
      effects: notAwaited(services.effects),
      forwards: notAwaited(services.forwards),
    }),
  },
  {
    name: 'work-put-twice',
    what: 'Each message of work is put on its queue twice.',
    services: (services) => {
      const seen = new Map<string, number>();
      return {
        ...services,
        effects: twice(services.effects, seen),
        forwards: twice(services.forwards, seen),
      };
    },
  },
  {
    name: 'quarantine-without-body',
    what: 'Of a body that cannot be read only its row is kept.',
    bindings: (env) => {
      const { ARCHIVE } = env;
      const put = (async (key: string, ...rest: [never]) =>
        // Two of its forms are used.
        key.startsWith('quarantine/') ? null : ARCHIVE.put(key, ...rest)) as typeof ARCHIVE.put;
      env.ARCHIVE = { ...ARCHIVE, put };
    },
  },
  {
    name: 'held-not-kept',
    what: 'What a pause holds back is not kept.',
    services: (services) => ({ ...services, held: { ...services.held, keep: async () => {} } }),
  },
  {
    name: 'pauses-not-asked',
    what: 'Pauses are set and not looked at.',
    services: (services) =>
      withObjects(services, ({ pauses }) => ({
        pauses: { ...pauses, pauses: async () => [], pausesNow: async () => [] },
      })),
  },
  {
    name: 'alerts-not-deduplicated',
    what: 'An alert counts as often as its effect is delivered.',
    services: (services) =>
      withObjects(services, ({ alerts }) => ({
        alerts: {
          ...alerts,
          group: (id) => {
            const group = alerts.group(id);
            return {
              ...group,
              raise: (raised, now) =>
                group.raise({ ...raised, key: `${raised.key}/${Math.random()}` }, now),
            };
          },
        },
      })),
  },
  {
    name: 'alerts-not-repeated',
    what: 'A message that its receiver did not take counts as taken.',
    services: (services) =>
      withObjects(services, ({ alerts }) => ({
        alerts: {
          ...alerts,
          group: (id) => {
            const group = alerts.group(id);
            return {
              ...group,
              applyResult: (order, answer, fallback, now) =>
                group.applyResult(
                  order,
                  answer.kind === 'later' ? { kind: 'sent', message: 'lost' } : answer,
                  fallback,
                  now,
                ),
            };
          },
        },
      })),
  },
  {
    name: 'erasure-left-out',
    what: 'An erasure ends before it has gone through the stores.',
    services: (services) => ({
      ...services,
      contacts: { ...services.contacts, erase: async () => ({ addresses: 0, stores: [] }) },
    }),
  },
  {
    name: 'erasure-forgotten',
    what: 'Objects remove what they know of an erased person and do not note the erasure: a late callback is stored.',
    bindings: (env) => {
      env.RECIPIENTS = timeless(env.RECIPIENTS, 'erase');
      env.MESSAGES = timeless(env.MESSAGES, 'forget');
    },
  },
  {
    name: 'journal-says-done',
    what: 'The journal notes every effect as done, whatever became of it.',
    services: (services) => ({
      ...services,
      journal: {
        ...services.journal,
        outcome: (effect, end) => services.journal.outcome(effect, { ...end, outcome: 'done' }),
      },
    }),
  },
];
