import { dispatched } from './alert-delivery.ts';
import {
  byUrgency,
  durationText,
  type Group,
  type GroupTiming,
  isChanged,
  isWorse,
  type Member,
  memberKey,
  type Notification,
  notificationOf,
  quietAt,
  repeatAt,
  traced,
} from './alert-state.ts';

/** How many members a group keeps. Older ones only count. */
const MAX_MEMBERS = 100;
/** How many of them keep their texts and facts, of which a notification shows one. */
const MAX_WHOLE = 10;

/**
 * How often a muted group checks whether it still is muted, in milliseconds. The desk wakes it when a silence or the alert that
 * inhibits it ends; this covers a lost call and a changed `alerts.json`.
 */
const MUTED_CHECK = 3_600_000;

/** An alert to add to a group. `at` is the time of the event, in milliseconds since 1970. */
export interface Raised {
  /** The same for a redelivery, so that it counts once. */
  readonly key: string;
  readonly id: string;
  readonly route: string;
  readonly reason: string;
  readonly group: Readonly<Record<string, string>>;
  readonly timing: GroupTiming;
  readonly member: Omit<Member, 'count' | 'firstAt' | 'lastAt'>;
  readonly at: number;
}

/** Adds an alert: opens the group, or counts the alert in it. */
export function raise(before: Group | undefined, raised: Raised, now: number): Group {
  const { id, route, reason, group, timing, member, at } = raised;
  const known = before?.phase === 'firing' ? before : undefined;
  const key = memberKey(member);
  const earlier = known?.members[key];
  const kept: Member = {
    // Of two alerts that arrive in the wrong order, the content of the later event stays.
    ...(earlier && earlier.lastAt > at ? earlier : member),
    count: (earlier?.count ?? 0) + 1,
    firstAt: Math.min(earlier?.firstAt ?? at, at),
    lastAt: Math.max(earlier?.lastAt ?? at, at),
  };
  const { members, dropped } = capped({ ...known?.members, [key]: kept }, known?.dropped);
  const sum = {
    count: (known?.count ?? 0) + 1,
    firstAt: Math.min(known?.firstAt ?? at, at),
    lastAt: Math.max(known?.lastAt ?? at, at),
  };
  if (!known) {
    const opened: Group = {
      ...(before ?? { seq: 0, deliveries: {}, trail: [] }),
      ...{ id, route, reason, group, timing, members, dropped, ...sum },
      phase: 'firing',
      openedAt: now,
      raisedAt: now,
      resolvedAt: undefined,
      isOwed: undefined,
      endedAt: undefined,
      lastSent: undefined,
      muted: undefined,
      checkAt: now + timing.wait,
      reached: [],
    };
    const waits =
      timing.wait > 0 ? `; waits ${durationText(timing.wait)} for more of the same` : '';
    const message = `raised by ${member.rule}: ${member.title} (${reason}${waits})`;
    return traced(opened, now, 'raised', message, member.people);
  }
  const worse = isWorse(kept, known.lastSent?.notification);
  const next = known.lastSent
    ? Math.max(now, known.lastSent.at + timing.interval)
    : (known.checkAt ?? now);
  const counted: Group = {
    ...known,
    timing,
    members,
    dropped,
    ...sum,
    raisedAt: now,
    checkAt: checkAfter(known, { next, worse, known: earlier !== undefined }, now),
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

/** When to check a group that another alert has joined. A muted member that is raised again changes nothing. */
function checkAfter(
  { checkAt, muted }: Group,
  {
    next,
    worse,
    known,
  }: { readonly next: number; readonly worse: boolean; readonly known: boolean },
  now: number,
): number {
  if (muted === undefined) return worse ? now : Math.min(checkAt ?? next, next);
  return known && checkAt !== undefined ? checkAt : Math.min(checkAt ?? next, next);
}

/**
 * Removes the oldest member of too many (`dropped` counts those that are gone), and the texts and facts of all but the most
 * urgent ones: a group is one row, which holds 2 MB.
 */
function capped(
  all: Readonly<Record<string, Member>>,
  dropped: number | undefined,
): Pick<Group, 'members' | 'dropped'> {
  const entries = Object.entries(all);
  if (entries.length <= MAX_WHOLE) return { members: all, dropped };
  const oldest = Object.values(all).toSorted((a, b) => a.lastAt - b.lastAt)[0];
  const gone = entries.length > MAX_MEMBERS ? oldest : undefined;
  const whole = new Set(byUrgency(Object.values(all)).slice(0, MAX_WHOLE));
  const kept = entries
    .filter(([, member]) => member !== gone)
    .map(([key, member]) => [key, whole.has(member) ? member : named(member)] as const);
  return { members: Object.fromEntries(kept), dropped: gone ? (dropped ?? 0) + 1 : dropped };
}

/** A member with only what names it. */
const named = (member: Member): Member => ({
  ...member,
  title: member.title.slice(0, 300),
  ...{ text: '', sentence: '', why: '', nextStep: undefined, facts: {} },
});

/** A rule's `resolves`: it ends the alerts of a rule about one sender, whatever their subjects, up to the time of an event. */
export interface Resolution {
  readonly rule: string;
  readonly app_id: string;
  readonly channel: string;
  readonly at: number;
  /** The rule that resolves them. */
  readonly actor: string;
}

/** Ends the members that a resolution names, unless they were raised again later. The last member to end ends the group. */
export function end(group: Group, ending: Resolution, now: number): Group {
  const isOver = ({ rule, app_id, channel, lastAt }: Member): boolean =>
    rule === ending.rule &&
    app_id === ending.app_id &&
    channel === ending.channel &&
    lastAt <= ending.at;
  if (group.phase === 'resolved' || !Object.values(group.members).some(isOver)) return group;
  const members = Object.fromEntries(
    Object.entries(group.members).filter(([, member]) => !isOver(member)),
  );
  const message = `${ending.actor} fired: ${ending.rule} is over`;
  if (Object.keys(members).length === 0)
    return resolved(
      { ...group, isOwed: isOwed(group, ending, now), endedAt: ending.at },
      message,
      now,
    );
  const next = group.lastSent
    ? Math.max(now, group.lastSent.at + group.timing.interval)
    : (group.checkAt ?? now);
  return traced(
    { ...group, members, checkAt: Math.min(group.checkAt ?? next, next) },
    now,
    'eased',
    message,
  );
}

/**
 * Returns whether a notification was due before the group ended. Callbacks arrive in any order: the end can be processed first,
 * or just before the notification is sent.
 */
const isOwed = (
  { lastSent, muted, checkAt, firstAt, timing }: Group,
  { at }: Resolution,
  now: number,
): boolean =>
  lastSent === undefined &&
  muted === undefined &&
  ((checkAt !== undefined && checkAt <= now) || at - firstAt >= timing.wait);

function resolved(group: Group, message: string, now: number): Group {
  return traced(
    { ...group, phase: 'resolved', resolvedAt: now, checkAt: now, muted: undefined },
    now,
    'resolved',
    message,
  );
}

/** The destinations of a group, and the silences and inhibitions that apply to its members. */
export interface AlertContext {
  readonly to: readonly string[];
  /** Members that must not be sent, by key, with the reason. */
  readonly muted: Readonly<Record<string, string>>;
  /** When the first of these reasons ends by itself, in milliseconds since 1970. */
  readonly mutedUntil?: number | undefined;
  /** Destinations that keep an incident open. */
  readonly incidents: readonly string[];
}

/** Decides which notifications are due, and to which destinations. It sends nothing. */
export function settle(group: Group, standing: AlertContext, now: number): Group {
  const quiet = quietAt(group);
  const settled =
    quiet !== undefined && quiet <= now
      ? resolved(
          group,
          `not raised again for ${durationText(group.timing.quiet ?? 0)}: it is over`,
          now,
        )
      : group;
  return settled.phase === 'resolved'
    ? settleEnd(settled, standing, now)
    : settleFiring(settled, standing, now);
}

function settleEnd(group: Group, { incidents, to, muted }: AlertContext, now: number): Group {
  if (group.checkAt === undefined) return group;
  const isMuted = Object.keys(group.members).every((key) => muted[key] !== undefined);
  const owed = group.isOwed && !isMuted ? to : [];
  const quietly = group.timing.once && group.count === 1 && owed.length === 0;
  const whom = [...new Set([...group.reached, ...Object.keys(group.deliveries), ...owed])].filter(
    (name) => !quietly || incidents.includes(name),
  );
  const notification =
    notificationOf(Object.values(group.members), 'resolved', group.dropped) ??
    group.lastSent?.notification;
  const rest = { ...group, isOwed: undefined, checkAt: undefined, reached: [], deliveries: {} };
  if (whom.length === 0 || !notification) {
    const message = group.lastSent
      ? 'no end is sent: it was raised once'
      : 'no end is sent: its beginning was not sent';
    return traced(rest, now, 'closed', message);
  }
  const summed: Notification = {
    ...notification,
    state: 'resolved',
    count: group.count,
    firstAt: group.firstAt,
    lastAt: group.lastAt,
    ...(group.isOwed && { endedAt: group.endedAt }),
  };
  return dispatched(rest, 'resolved', summed, whom, now);
}

function settleFiring(group: Group, { to, muted, mutedUntil }: AlertContext, now: number): Group {
  const repeat = repeatAt(group);
  const repeats = repeat !== undefined && repeat <= now;
  if (!((group.checkAt !== undefined && group.checkAt <= now) || repeats)) return group;
  const all = Object.entries(group.members);
  const loud = all.filter(([key]) => muted[key] === undefined).map(([, member]) => member);
  const notification = notificationOf(loud, 'firing', group.dropped);
  if (!notification) {
    const why = [...new Set(all.flatMap(([key]) => muted[key] ?? []))].join('; ');
    const again = Math.min(now + MUTED_CHECK, mutedUntil ?? Number.POSITIVE_INFINITY);
    const waiting = { ...group, muted: why, checkAt: again };
    return group.muted === why ? waiting : traced(waiting, now, 'muted', `not sent: ${why}`);
  }
  const rest = { ...group, muted: undefined, checkAt: undefined };
  const news = isChanged(notification, group.lastSent?.notification) || group.muted !== undefined;
  if (!news && !repeats) return rest;
  const kind = group.lastSent === undefined ? 'first' : news ? 'update' : 'repeat';
  return dispatched({ ...rest, lastSent: { at: now, notification } }, kind, notification, to, now);
}
