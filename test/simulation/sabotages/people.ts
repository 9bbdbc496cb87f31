import { type Sabotage, withObjects } from './sabotage.ts';

/** Protections of people who are known by several identities, and of what operators import. */
export const peopleSabotages: readonly Sabotage[] = [
  {
    name: 'links-not-stored',
    what: 'That a number and a business-scoped id are one person is not noted.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: { ...recipients, link: async () => {} },
      })),
  },
  {
    name: 'moves-not-stored',
    what: 'That a number replaces another one is not noted: the new one may be sent to.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: { ...recipients, move: async () => {} },
      })),
  },
  {
    name: 'inboxes-apart',
    what: 'RCS has a consent of its own, although it reaches the inbox of SMS.',
    // A setting that is not in wrangler.toml, so its environment has no type for it.
    bindings: (env) => void Reflect.set(env, 'CONSENT_CHANNEL_GROUPS', 'SMS,MMS'),
  },
  {
    name: 'opt-ins-without-app',
    what: 'An opt-in is stored without the app that it was said to.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: {
          ...recipients,
          change: (changes) =>
            recipients.change(
              changes.map(({ app, ...change }) =>
                change.to === 'in' || app === undefined ? change : { ...change, app },
              ),
            ),
        },
      })),
  },
  {
    name: 'imports-not-deduplicated',
    what: 'The lines of a list count again when the list is sent again.',
    services: (services) =>
      withObjects(services, ({ recipients }) => ({
        recipients: {
          ...recipients,
          importConsent: (people, dry, timeout) =>
            recipients.importConsent(
              people.map((one) => ({
                ...one,
                changes: one.changes.map((change) => ({
                  ...change,
                  key: `${change.key}/${Math.random()}`,
                })),
              })),
              dry,
              timeout,
            ),
        },
      })),
  },
];
