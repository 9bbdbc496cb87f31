/** Severities, most urgent first. */
const URGENCY: Readonly<Record<string, number>> = { critical: 3, high: 2, low: 1 };

/** When a group is sent, in milliseconds; `null`: never. */
export interface GroupTiming {
  readonly wait: number;
  readonly interval: number;
  readonly repeat: number | null;
  readonly quiet: number | null;
  readonly once: boolean;
}

/** The alerts of one rule about one sender and one subject: the newest content and the count. Times are milliseconds since 1970. */
export interface Member {
  readonly rule: string;
  readonly owner: string;
  readonly severity: 'critical' | 'high' | 'low';
  readonly app_id: string;
  readonly channel: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly title: string;
  readonly text: string;
  /** What it is about, such as a batch or a template; empty or missing: the sender. */
  readonly about?: string | undefined;
  readonly sentence: string;
  readonly why: string;
  readonly nextStep?: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly callbackId: string;
  /** Keyed hashes of the people that its texts may name, so that an erasure finds it. */
  readonly people?: readonly string[] | undefined;
  /** The destination that the rule itself names. */
  readonly to?: string | undefined;
  readonly resolvable: boolean;
  readonly count: number;
  /** Event times. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** The content of a notification: the most urgent member, and the counts of the group. */
export interface Notification {
  readonly state: 'firing' | 'resolved';
  readonly main: Member;
  readonly others: readonly Pick<Member, 'rule' | 'title' | 'about' | 'count' | 'people'>[];
  /** How many members are neither `main` nor in `others`. */
  readonly more?: number | undefined;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** When a rule resolved it (event time), if its beginning was never sent. */
  readonly endedAt?: number | undefined;
}

/** A notification that waits for one destination. */
export interface Delivery {
  readonly kind: 'first' | 'update' | 'repeat' | 'resolved';
  readonly seq: number;
  readonly notification: Notification;
  /** Since when it is tried. */
  readonly since: number;
  readonly attempts: number;
  /** The time of the next attempt. During an attempt: the end of its lease. */
  readonly due: number;
  /** An attempt of this notification is under way, or was interrupted. */
  readonly leased?: true;
  /** The destinations that failed, when this is their fallback. */
  readonly insteadOf: readonly string[];
}

/** One entry of a group's trail. */
export interface Trace {
  readonly at: number;
  readonly event: string;
  readonly message: string;
  readonly people?: readonly string[] | undefined;
}

/** A group of alerts as plain data: pure functions change it, the object stores it. Times are milliseconds since 1970. */
export interface Group {
  readonly id: string;
  readonly route: string;
  readonly reason: string;
  readonly group: Readonly<Record<string, string>>;
  readonly timing: GroupTiming;
  readonly phase: 'firing' | 'resolved';
  /** The firing members, by rule, sender and subject. */
  readonly members: Readonly<Record<string, Member>>;
  /** How many members the group had beyond those that it keeps. */
  readonly dropped?: number | undefined;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly openedAt: number;
  /** When the last alert was added, by the clock of this code. */
  readonly raisedAt: number;
  readonly resolvedAt?: number | undefined;
  /** The group ended before a notification that was due was sent: its destinations get the end instead. */
  readonly isOwed?: boolean | undefined;
  /** The event time of the end that resolved it. */
  readonly endedAt?: number | undefined;
  /** The last notification, whatever its destinations. */
  readonly lastSent?: { readonly at: number; readonly notification: Notification } | undefined;
  readonly seq: number;
  /** When to check whether a notification is due. */
  readonly checkAt?: number | undefined;
  /** Why nothing is sent, if it is muted. */
  readonly muted?: string | undefined;
  readonly deliveries: Readonly<Record<string, Delivery>>;
  /** The destinations that got the beginning and not yet the end. */
  readonly reached: readonly string[];
  readonly trail: readonly Trace[];
}

/** How many entries a trail keeps: the first 20 and the newest. */
const TRAIL = 200;

/** Adds an entry to the trail, unless it repeats the last one. */
export function traced(
  group: Group,
  at: number,
  event: string,
  message: string,
  people: readonly string[] = [],
): Group {
  const last = group.trail.at(-1);
  if (last?.event === event && last.message === message) return group;
  const trail = [...group.trail, { at, event, message, ...(people.length > 0 && { people }) }];
  return {
    ...group,
    trail: trail.length > TRAIL ? [...trail.slice(0, 20), ...trail.slice(-(TRAIL - 20))] : trail,
  };
}

/** Returns the key of a member: its rule, sender and subject. */
export const memberKey = ({
  rule,
  app_id,
  channel,
  about = '',
}: Pick<Member, 'rule' | 'app_id' | 'channel' | 'about'>): string =>
  JSON.stringify([rule, app_id, channel, ...(about === '' ? [] : [about])]);

/** Orders members by urgency; of the same urgency, the newest first. */
export const byUrgency = (members: readonly Member[]): readonly Member[] =>
  members.toSorted(
    (a, b) => (URGENCY[b.severity] ?? 0) - (URGENCY[a.severity] ?? 0) || b.lastAt - a.lastAt,
  );

/** How many members a notification names beside the most urgent one. */
const MAX_NAMED = 24;

/** Returns the notification about these members; undefined without members. `dropped`: members that are no longer kept. */
export function notificationOf(
  members: readonly Member[],
  state: Notification['state'],
  dropped = 0,
): Notification | undefined {
  const [main, ...others] = byUrgency(members);
  if (!main) return undefined;
  const more = Math.max(0, others.length - MAX_NAMED) + dropped;
  return {
    state,
    main,
    others: others
      .slice(0, MAX_NAMED)
      .map(({ rule, title, about, count, people }) => ({ rule, title, about, count, people })),
    ...(more > 0 && { more }),
    count: members.reduce((sum, { count }) => sum + count, 0),
    firstAt: Math.min(...members.map(({ firstAt }) => firstAt)),
    lastAt: Math.max(...members.map(({ lastAt }) => lastAt)),
  };
}

/** Returns whether a notification differs from the one before: in count, severity or number of rules. */
export const isChanged = (now: Notification, before: Notification | undefined): boolean =>
  before === undefined ||
  now.count !== before.count ||
  now.main.severity !== before.main.severity ||
  now.others.length !== before.others.length ||
  now.more !== before.more;

/** Returns whether a member is more urgent than the last notification: then it is sent before the interval ends. */
export const isWorse = (now: Member, before: Notification | undefined): boolean =>
  before !== undefined && (URGENCY[now.severity] ?? 0) > (URGENCY[before.main.severity] ?? 0);

/** Returns when a group without new alerts resolves; undefined where only a rule resolves it, or it is resolved. */
export const quietAt = ({ timing, raisedAt, phase }: Group): number | undefined =>
  phase === 'resolved' || timing.quiet === null ? undefined : raisedAt + timing.quiet;

/** Returns when an unchanged group is sent again. */
export function repeatAt({ lastSent, timing, phase }: Group): number | undefined {
  if (
    phase === 'resolved' ||
    !lastSent ||
    timing.repeat === null ||
    (timing.once && lastSent.notification.count === 1)
  )
    return undefined;
  return lastSent.at + timing.repeat;
}

/** Removes the texts and facts of a group that is resolved and has nothing left to send. */
export function withoutContent(group: Group): Group {
  if (
    group.phase === 'firing' ||
    Object.keys(group.deliveries).length > 0 ||
    group.checkAt !== undefined
  )
    return group;
  const bare = (member: Member): Member => ({ ...member, text: '', facts: {} });
  return {
    ...group,
    members: Object.fromEntries(
      Object.entries(group.members).map(([key, member]) => [key, bare(member)]),
    ),
    lastSent: group.lastSent && {
      ...group.lastSent,
      notification: {
        ...group.lastSent.notification,
        main: bare(group.lastSent.notification.main),
      },
    },
  };
}

/** Returns when a group has work to do next. */
export function nextAt(group: Group): number | undefined {
  const times = [
    group.checkAt,
    group.muted === undefined ? repeatAt(group) : undefined,
    quietAt(group),
    ...Object.values(group.deliveries).map(({ due }) => due),
  ].filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** Returns a duration as text: "30 s", "5 min", "4 h". */
export const durationText = (span: number): string =>
  span >= 3_600_000 && span % 3_600_000 === 0
    ? `${span / 3_600_000} h`
    : span >= 60_000 && span % 60_000 === 0
      ? `${span / 60_000} min`
      : `${Math.round(span / 1_000)} s`;
