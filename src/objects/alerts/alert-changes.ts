import { dispatched } from './alert-delivery.ts';
import {
  type Group,
  type GroupTiming,
  isNews,
  isWorse,
  type Member,
  memberKey,
  quietAt,
  repeatAt,
  spanWords,
  type Told,
  tell,
  traced,
} from './alert-state.ts';

/** More members than this are told in sum only. */
const MOST_MEMBERS = 100;

/** How often a muted group looks whether it still is, at the most, in milliseconds; however short its interval. */
const LOOKS = 60_000;

/** An alert on its way into a group. `at` is the time of the event. */
export interface Raised {
  /** The same for a redelivery: it counts once. */
  readonly key: string;
  readonly id: string;
  readonly route: string;
  readonly reason: string;
  readonly group: Readonly<Record<string, string>>;
  readonly timing: GroupTiming;
  readonly member: Omit<Member, 'count' | 'firstAt' | 'lastAt'>;
  readonly at: number;
}

/** Takes an alert in: opens the group, or counts it. */
export function raise(before: Group | undefined, raised: Raised, now: number): Group {
  const { id, route, reason, group, timing, member, at } = raised;
  const known = before?.phase === 'firing' ? before : undefined;
  const key = memberKey(member);
  const earlier = known?.members[key];
  const kept: Member = {
    // Of two that come in the wrong order, the later event has the word.
    ...(earlier && earlier.lastAt > at ? earlier : member),
    count: (earlier?.count ?? 0) + 1,
    firstAt: Math.min(earlier?.firstAt ?? at, at),
    lastAt: Math.max(earlier?.lastAt ?? at, at),
  };
  const members = { ...known?.members, [key]: kept };
  const sum = {
    count: (known?.count ?? 0) + 1,
    firstAt: Math.min(known?.firstAt ?? at, at),
    lastAt: Math.max(known?.lastAt ?? at, at),
  };
  if (!known) {
    const opened: Group = {
      ...(before ?? { seq: 0, deliveries: {}, trail: [] }),
      ...{ id, route, reason, group, timing, members, ...sum },
      phase: 'firing',
      openedAt: now,
      raisedAt: now,
      resolvedAt: undefined,
      said: undefined,
      muted: undefined,
      lookAt: now + timing.wait,
      reached: [],
    };
    const waits = timing.wait > 0 ? `; waits ${spanWords(timing.wait)} for more of the same` : '';
    const message = `raised by ${member.rule}: ${member.title} (${reason}${waits})`;
    return traced(opened, now, 'raised', message, member.people);
  }
  const worse = isWorse(kept, known.said?.told);
  const next = known.said ? Math.max(now, known.said.at + timing.interval) : (known.lookAt ?? now);
  const counted: Group = {
    ...known,
    timing,
    members: capped(members),
    ...sum,
    raisedAt: now,
    lookAt: worse && known.muted === undefined ? now : Math.min(known.lookAt ?? next, next),
  };
  if (worse)
    return traced(
      counted,
      now,
      'worse',
      `is ${kept.severity} now: ${member.rule}: ${member.title}`,
      member.people,
    );
  return earlier
    ? counted
    : traced(counted, now, 'grouped', `joined by ${member.rule}: ${member.title}`, member.people);
}

function capped(members: Readonly<Record<string, Member>>): Readonly<Record<string, Member>> {
  const all = Object.entries(members);
  if (all.length <= MOST_MEMBERS) return members;
  const [oldest] = all.toSorted(([, a], [, b]) => a.lastAt - b.lastAt);
  return Object.fromEntries(all.filter(([key]) => key !== oldest?.[0]));
}

/** What ends members: a rule's `resolves`, for one sender, up to the time of an event. */
export interface Ending {
  readonly rule: string;
  readonly app_id: string;
  readonly channel: string;
  readonly at: number;
  /** The rule that says so. */
  readonly actor: string;
}

/** Ends the member that an ending means, unless it has happened again since. The last one to end ends the group. */
export function end(group: Group, ending: Ending, now: number): Group {
  const key = memberKey(ending);
  const member = group.members[key];
  if (group.phase === 'resolved' || !member || member.lastAt > ending.at) return group;
  const members = Object.fromEntries(
    Object.entries(group.members).filter(([name]) => name !== key),
  );
  const message = `${ending.actor} fired: ${member.rule} is over`;
  if (Object.keys(members).length === 0) return over(group, message, now);
  const next = group.said
    ? Math.max(now, group.said.at + group.timing.interval)
    : (group.lookAt ?? now);
  return traced(
    { ...group, members, lookAt: Math.min(group.lookAt ?? next, next) },
    now,
    'eased',
    message,
  );
}

function over(group: Group, message: string, now: number): Group {
  return traced(
    { ...group, phase: 'resolved', resolvedAt: now, lookAt: now, muted: undefined },
    now,
    'resolved',
    message,
  );
}

/** How the group's members stand with silences and inhibitions, and where it leads, as asked just before. */
export interface Standing {
  readonly to: readonly string[];
  /** Members that must not be told, by key, with the reason. */
  readonly muted: Readonly<Record<string, string>>;
  /** When the first of these reasons ends by itself. */
  readonly mutedUntil?: number | undefined;
  /** Destinations that keep an incident open. */
  readonly incidents: readonly string[];
}

/** Decides what is to be told now, and to whom. Nothing is sent here. */
export function settle(group: Group, standing: Standing, now: number): Group {
  const quiet = quietAt(group);
  const settled =
    quiet !== undefined && quiet <= now
      ? over(group, `nothing came for ${spanWords(group.timing.quiet ?? 0)}: it is over`, now)
      : group;
  return settled.phase === 'resolved'
    ? settleEnd(settled, standing, now)
    : settleFiring(settled, standing, now);
}

function settleEnd(group: Group, { incidents }: Standing, now: number): Group {
  if (group.lookAt === undefined) return group;
  const quietly = group.timing.once && group.count === 1;
  const whom = [...new Set([...group.reached, ...Object.keys(group.deliveries)])].filter(
    (name) => !quietly || incidents.includes(name),
  );
  const told = tell(Object.values(group.members), 'resolved') ?? group.said?.told;
  const rest = { ...group, lookAt: undefined, reached: [], deliveries: {} };
  if (whom.length === 0 || !told) {
    const message = group.said
      ? 'nobody is told that it is over: it came once'
      : 'nobody was told, so nobody is told that it is over';
    return traced(rest, now, 'closed', message);
  }
  const summed: Told = {
    ...told,
    state: 'resolved',
    count: group.count,
    firstAt: group.firstAt,
    lastAt: group.lastAt,
  };
  return dispatched(rest, 'resolved', summed, whom, now);
}

function settleFiring(group: Group, { to, muted, mutedUntil }: Standing, now: number): Group {
  const repeat = repeatAt(group);
  const repeats = repeat !== undefined && repeat <= now;
  if (!((group.lookAt !== undefined && group.lookAt <= now) || repeats)) return group;
  const all = Object.entries(group.members);
  const loud = all.filter(([key]) => muted[key] === undefined).map(([, member]) => member);
  const told = tell(loud, 'firing');
  if (!told) {
    const why = [...new Set(all.flatMap(([key]) => muted[key] ?? []))].join('; ');
    const again = Math.min(
      now + Math.max(group.timing.interval, LOOKS),
      mutedUntil ?? Number.POSITIVE_INFINITY,
    );
    const waiting = { ...group, muted: why, lookAt: again };
    return group.muted === why ? waiting : traced(waiting, now, 'muted', `not sent: ${why}`);
  }
  const rest = { ...group, muted: undefined, lookAt: undefined };
  const news = isNews(told, group.said?.told) || group.muted !== undefined;
  if (!news && !repeats) return rest;
  const kind = group.said === undefined ? 'first' : news ? 'update' : 'repeat';
  return dispatched({ ...rest, said: { at: now, told } }, kind, told, to, now);
}
