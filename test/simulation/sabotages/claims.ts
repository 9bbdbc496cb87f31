import { type Sabotage, withObjects } from './sabotage.ts';

/** Protections of what goes out: it goes out once, and it does go out. */
export const claimSabotages: readonly Sabotage[] = [
  {
    name: 'no-claim',
    what: 'Effects are done without claiming them: each delivery of the queue does its work.',
    services: (services) =>
      withObjects(services, ({ claims }) => ({
        claims: { ...claims, take: async () => 'taken' },
      })),
  },
  {
    name: 'claim-not-kept',
    what: 'A claim is not noted as done: when its lease is over, the effect is done again.',
    services: (services) =>
      withObjects(services, ({ claims }) => ({ claims: { ...claims, done: async () => {} } })),
  },
  {
    name: 'failure-counts-as-done',
    what: 'An effect that failed keeps its claim as done: it is never tried again.',
    services: (services) =>
      withObjects(services, ({ claims }) => ({ claims: { ...claims, free: claims.done } })),
  },
  {
    name: 'lapsed-counts-as-free',
    what: 'A claim whose holder never said how it ended looks like a new one: what may have gone out is repeated blindly.',
    services: (services) =>
      withObjects(services, ({ claims }) => ({
        claims: {
          ...claims,
          take: async (key, lease, now) => {
            const claim = await claims.take(key, lease, now);
            return claim === 'lapsed' ? 'taken' : claim;
          },
        },
      })),
  },
  {
    name: 'no-lineage',
    what: 'A message that was sent again is not linked to the first one: its limit begins anew.',
    services: (services) =>
      withObjects(services, ({ messages }) => ({
        messages: {
          ...messages,
          of: (id) => ({ ...messages.of(id), link: async () => {} }),
        },
      })),
  },
  {
    name: 'delivered-forgotten',
    what: 'That a message was delivered is not remembered: a retry that waits sends it again.',
    services: (services) =>
      withObjects(services, ({ messages }) => ({
        messages: {
          ...messages,
          of: (id) => {
            const message = messages.of(id);
            return {
              ...message,
              noteStatus: (status) =>
                message.noteStatus(
                  status.status === 'DELIVERED'
                    ? { ...status, status: 'QUEUED_ON_CHANNEL' }
                    : status,
                ),
            };
          },
        },
      })),
  },
  {
    name: 'retry-ignores-consent',
    what: 'Whoever reads a consent for a send reads that nothing is refused.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: {
          ...recipients,
          read: async (addresses) =>
            (await recipients.read(addresses)).map((consent) => ({
              ...consent,
              scopes: { all: false, marketing: false, notification: false },
            })),
        },
      })),
  },
  {
    name: 'permits-not-counted',
    what: 'A permit under a throttle is granted without being counted.',
    services: (services) =>
      withObjects(services, ({ senders }) => ({
        senders: {
          of: (app, channel) => ({
            ...senders.of(app, channel),
            permit: async ({ count }) => ({ granted: count }),
          }),
        },
      })),
  },
  {
    name: 'permits-given-back',
    what: 'Every permit is given back, also when it was used.',
    services: (services) =>
      withObjects(services, ({ senders }) => ({
        senders: {
          of: (app, channel) => {
            const sender = senders.of(app, channel);
            return {
              ...sender,
              permit: async (request) => {
                const permit = await sender.permit(request);
                await sender.giveBack(request.content, permit.granted, request.now, request.or);
                return permit;
              },
            };
          },
        },
      })),
  },
  {
    name: 'no-order',
    what: 'Forwards with an ordering key do not wait for their turn.',
    services: (services) =>
      withObjects(services, ({ fifo }) => ({
        fifo: { ...fifo, turn: async () => ({ ahead: 0, wait: 0 }) },
      })),
  },
];
