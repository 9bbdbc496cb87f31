import type { Group, Member, Notification, Trace } from './alert-state.ts';

/** Replaces the title of an erased member. */
const GONE = 'about a person whose data was erased';

const withoutSubject = ({ about: _, ...group }: Group['group']): Group['group'] => group;

/** Returns a member without its texts and facts, which may name a person. */
export const withoutPerson = <T extends Omit<Member, 'count' | 'firstAt' | 'lastAt'>>(
  about: T,
): T => ({
  ...about,
  ...{ title: GONE, text: '', about: undefined, facts: {}, people: undefined },
});

/** Removes people from a group. Texts and facts about them go; the counts and the destinations stay. */
export function forget(
  group: Group,
  people: ReadonlySet<string>,
): { readonly group: Group; readonly removed: number } {
  let removed = 0;
  const isAbout = ({ people: named }: Pick<Member, 'people'>): boolean =>
    named?.some((one) => people.has(one)) ?? false;
  function cleared<T extends Pick<Member, 'people'>>(one: T, clear: (about: T) => T): T {
    if (!isAbout(one)) return one;
    removed += 1;
    return clear(one);
  }
  const member = (one: Member): Member => cleared(one, withoutPerson);
  const notification = (what: Notification): Notification => ({
    ...what,
    main: member(what.main),
    others: what.others.map((one) =>
      cleared(one, (about) => ({ ...about, title: GONE, about: undefined, people: undefined })),
    ),
  });
  const line = (trace: Trace): Trace =>
    cleared(trace, ({ at, event }) => ({ at, event, message: GONE }));
  const each = <T>(record: Readonly<Record<string, T>>, change: (one: T) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([key, one]) => [key, change(one)]));
  const clean: Group = {
    ...group,
    ...(Object.values(group.members).some(isAbout) && { group: withoutSubject(group.group) }),
    members: Object.fromEntries(
      // The key of a member contains its subject.
      Object.entries(group.members).map(([key, one], index) => [
        one.about && isAbout(one) ? `${GONE} ${index}` : key,
        member(one),
      ]),
    ),
    ...(group.lastSent && {
      lastSent: { ...group.lastSent, notification: notification(group.lastSent.notification) },
    }),
    deliveries: each(group.deliveries, (delivery) => ({
      ...delivery,
      notification: notification(delivery.notification),
    })),
    trail: group.trail.map(line),
  };
  return { group: clean, removed };
}
