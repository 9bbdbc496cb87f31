import type { Group, Member, Told, Trace } from './alert-state.ts';

/** What stands where somebody was named. */
const GONE = 'about somebody whose data was erased';

/** Takes people out of a group: what was said of them goes; that something was raised, how often and whom it was told, stays. */
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
  const member = (one: Member): Member =>
    cleared(one, (about) => ({ ...about, title: GONE, text: '', facts: {}, people: undefined }));
  const told = (what: Told): Told => ({
    ...what,
    main: member(what.main),
    others: what.others.map((one) =>
      cleared(one, (about) => ({ ...about, title: GONE, people: undefined })),
    ),
  });
  const line = (trace: Trace): Trace =>
    cleared(trace, ({ at, event }) => ({ at, event, message: GONE }));
  const each = <T>(record: Readonly<Record<string, T>>, change: (one: T) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([key, one]) => [key, change(one)]));
  const clean: Group = {
    ...group,
    members: each(group.members, member),
    ...(group.said && { said: { ...group.said, told: told(group.said.told) } }),
    deliveries: each(group.deliveries, (delivery) => ({ ...delivery, told: told(delivery.told) })),
    trail: group.trail.map(line),
  };
  return { group: clean, removed };
}
