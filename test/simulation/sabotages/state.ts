import { type Sabotage, withObjects } from './sabotage.ts';

/**
 * Protections of what is on record: stored before it is acknowledged, once, and by the time of the
 * event.
 */
export const stateSabotages: readonly Sabotage[] = [
  {
    name: 'acknowledged-before-stored',
    what: 'A change of consent is not awaited: the callback is acknowledged before it is stored.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: {
          ...recipients,
          change: async (changes) => {
            recipients.change(changes).catch(() => {});
            const scopes = { all: false, marketing: false, notification: false };
            return changes.map(() => ({ changed: true, scopes }));
          },
        },
      })),
  },
  {
    name: 'consent-not-deduplicated',
    what: 'The id of an event is not looked at: a redelivery changes the consent once more.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: {
          ...recipients,
          change: (changes) =>
            recipients.change(
              changes.map((change) => ({ ...change, key: `${change.key}/${Math.random()}` })),
            ),
        },
      })),
  },
  {
    name: 'last-writer-consent',
    what: 'The consent that arrives last wins, whenever it happened.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: {
          ...recipients,
          change: (changes) =>
            recipients.change(changes.map((change) => ({ ...change, at: services.now() }))),
        },
      })),
  },
  {
    name: 'copy-by-non-owner',
    what: 'The Worker writes the copy of a consent to KV itself, as it knows it, beside the owner.',
    services: (services, env) =>
      withObjects(services, ({ recipients }) => ({
        recipients: {
          ...recipients,
          change: async (changes) => {
            const outcomes = await recipients.change(changes);
            for (const [place, change] of changes.entries()) {
              const key = `consent:${await recipients.personOf(change.address)}`;
              const scopes = outcomes[place]?.scopes;
              setTimeout(() => env.KV.put(key, JSON.stringify({ scopes })).catch(() => {}), 3_000);
            }
            return outcomes;
          },
        },
      })),
  },
  {
    name: 'copy-not-repeated',
    what: 'A copy that KV did not take counts as written.',
    bindings: (env) => {
      const { KV } = env;
      env.KV = {
        ...KV,
        put: (key: string, value: string) => KV.put(key, value).catch(() => {}),
      } as typeof KV; // the same but for `put`
    },
  },
  {
    name: 'throttle-by-arrival',
    what: 'A limit and its release count by when they arrive, not by when they happened.',
    services: (services) =>
      withObjects(services, ({ senders }) => ({
        senders: {
          of: (app, channel) => {
            const sender = senders.of(app, channel);
            return {
              ...sender,
              limit: (limit) => sender.limit({ ...limit, at: services.now() }),
              release: (release) => sender.release({ ...release, at: services.now() }),
            };
          },
        },
      })),
  },
  {
    name: 'throttle-never-ends',
    what: 'A limit has no end.',
    services: (services) =>
      withObjects(services, ({ senders }) => ({
        senders: {
          of: (app, channel) => {
            const sender = senders.of(app, channel);
            return {
              ...sender,
              limit: (limit) => sender.limit({ ...limit, until: limit.until + 365 * 86_400_000 }),
            };
          },
        },
      })),
  },
  {
    name: 'counts-redeliveries',
    what: 'A threshold counts each delivery of a callback.',
    services: (services) =>
      withObjects(services, ({ tallies }) => ({
        tallies: {
          ...tallies,
          of: async (rule, group) => {
            const tally = await tallies.of(rule, group);
            return {
              ...tally,
              note: (entries, terms, latest) =>
                tally.note(
                  entries.map((entry) => ({ ...entry, id: `${entry.id}/${Math.random()}` })),
                  terms,
                  latest,
                ),
            };
          },
        },
      })),
  },
  {
    name: 'rulebook-never-refreshed',
    what: 'An isolate keeps the rulebook that it opened first, whatever is published.',
    services: (services, env) => {
      const first = firstRulebooks.get(env) ?? services.rulebook();
      firstRulebooks.set(env, first);
      return { ...services, rulebook: () => first };
    },
  },
];

const firstRulebooks = new WeakMap<
  object,
  ReturnType<Parameters<NonNullable<Sabotage['services']>>[0]['rulebook']>
>();
