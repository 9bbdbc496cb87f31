import { type Sabotage, withObjects } from './sabotage.ts';

/** Protections of what sending systems ask for: it is sent once, to whom it may be, and asked at the rate of Sinch. */
export const gatewaySabotages: readonly Sabotage[] = [
  {
    name: 'key-not-kept',
    what: 'An Idempotency-Key is not looked at: each request with it sends.',
    services: (services) =>
      withObjects(services, ({ requestKeys }) => ({
        requestKeys: { ...requestKeys, begin: async () => ({ state: 'begun' }) },
      })),
  },
  {
    name: 'key-given-back',
    what: 'The key of a request whose outcome is unknown is free again: the next request with it sends.',
    services: (services) =>
      withObjects(services, ({ requestKeys }) => ({
        requestKeys: { ...requestKeys, end: (key, holder) => requestKeys.free(key, holder) },
      })),
  },
  {
    name: 'gateway-ignores-consent',
    what: 'Whoever asks whether a person may be sent to reads an empty history.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: {
          ...recipients,
          readHistories: async (...asked) =>
            (await recipients.readHistories(...asked)).map((one) => one && { ...one, history: [] }),
        },
      })),
  },
  {
    name: 'callers-taken-at-their-word',
    what: 'The Authorization of a caller is not checked at Sinch before anything is told about a person.',
    services: (services) => ({
      ...services,
      callers: () => ({ authorize: async () => undefined }),
    }),
  },
  {
    name: 'checks-not-paced',
    what: 'Capability checks go to Sinch without a permit of their rate.',
    services: (services) =>
      withObjects(services, ({ senders }) => ({
        senders: {
          of: (app, channel) => ({
            ...senders.of(app, channel),
            ...(channel === 'CAPABILITY-CHECKS' && {
              permit: async ({ count }) => ({ granted: count }),
            }),
          }),
        },
      })),
  },
  {
    name: 'capability-by-arrival',
    what: 'The answer about a capability that arrives last counts, whenever it was given.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: {
          ...recipients,
          noteCapability: (note) => recipients.noteCapability({ ...note, at: services.now() }),
        },
      })),
  },
  {
    name: 'checks-not-shared',
    what: 'That a capability check is under way is not looked at: each request starts one.',
    services: (services) =>
      withObjects(services, ({ reach }) => ({
        reach: {
          ...reach,
          startChecks: async (checks, terms) => {
            await reach.startChecks(checks, terms);
            return checks.map(({ requestId }) => ({ is: 'started', requestId }));
          },
        },
      })),
  },
];
