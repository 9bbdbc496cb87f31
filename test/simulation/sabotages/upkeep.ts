import { messageOf } from '../../../src/errors.ts';
import { type Sabotage, withObjects } from './sabotage.ts';

/** Protections of what goes on beside callbacks: files that are kept, receivers that are gone, silence, and what is put back. */
export const upkeepSabotages: readonly Sabotage[] = [
  {
    name: 'copies-not-repeated',
    what: 'The copy of a recording that failed counts as kept.',
    services: (services) => ({
      ...services,
      archive: {
        keep: (file) =>
          services.archive.keep(file).catch((error: unknown) => ({ did: messageOf(error) })),
      },
    }),
  },
  {
    name: 'copies-under-new-keys',
    what: 'Each try keeps its copy of a recording under a key of its own.',
    services: (services) => ({
      ...services,
      archive: {
        keep: (file) => services.archive.keep({ ...file, key: `${file.key}-${Math.random()}` }),
      },
    }),
  },
  {
    name: 'gone-not-paused',
    what: 'A receiver that answers 410 is not paused: it is asked again and again.',
    services: (services) =>
      withObjects(services, ({ pauses }) => ({
        pauses: { ...pauses, pause: async (pause) => pause },
      })),
  },
  {
    name: 'heartbeats-not-noted',
    what: 'The arrival of a callback is not noted for a heartbeat.',
    services: (services) =>
      withObjects(services, ({ heartbeats }) => ({
        heartbeats: { ...heartbeats, note: async () => {} },
      })),
  },
  {
    name: 'heartbeats-end-early',
    what: 'A heartbeat that was noted once is not noted again: it is told as silent although it is not.',
    services: (services, env) =>
      withObjects(services, ({ heartbeats }) => ({
        heartbeats: {
          ...heartbeats,
          note: async (beats) => {
            const known = noted.get(env) ?? new Set<string>();
            noted.set(env, known);
            await heartbeats.note(beats.filter(({ id }) => !known.has(id)));
            for (const { id } of beats) known.add(id);
          },
        },
      })),
  },
  {
    name: 'redelivered-not-sent',
    what: 'Dead letters that are put back are marked so, and not put on their queue.',
    services: (services) => ({
      ...services,
      deadLetters: {
        ...services.deadLetters,
        redeliverAll: async (which) => ({
          done: await services.deadLetters.dropAll(which, 'put back'),
          unreadable: 0,
          next: undefined,
        }),
      },
    }),
  },
];

const noted = new WeakMap<object, Set<string>>();
