/** Severities, most urgent first, and how urgent. Anything else would be a bug of the caller. */
const URGENCY: Readonly<Record<string, number>> = { critical: 3, high: 2, low: 1 };

/** When a group is told, in milliseconds; `null` is never. */
export interface GroupTiming {
  readonly wait: number;
  readonly interval: number;
  readonly repeat: number | null;
  readonly quiet: number | null;
  readonly once: boolean;
}

/** What one rule says about one sender, as it said it last, and how often. Times are milliseconds since 1970. */
export interface Member {
  readonly rule: string;
  readonly owner: string;
  readonly severity: 'critical' | 'high' | 'low';
  readonly app_id: string;
  readonly channel: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly title: string;
  readonly text: string;
  readonly sentence: string;
  readonly why: string;
  readonly nextStep?: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly callbackId: string;
  /** Keyed hashes of those that its words may name: by them an erasure finds it. */
  readonly people?: readonly string[] | undefined;
  /** The destination that the rule itself names. */
  readonly to?: string | undefined;
  readonly resolvable: boolean;
  readonly count: number;
  /** Event times. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What is told of a group: its most urgent member, and the sum. */
export interface Told {
  readonly state: 'firing' | 'resolved';
  readonly main: Member;
  readonly others: readonly Pick<Member, 'rule' | 'title' | 'count' | 'people'>[];
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A message on its way to one destination. */
export interface Delivery {
  readonly kind: 'first' | 'update' | 'repeat' | 'resolved';
  readonly seq: number;
  readonly told: Told;
  /** Since when it is tried. */
  readonly since: number;
  readonly attempts: number;
  /** When it is tried next. While somebody is at it, when another may be. */
  readonly due: number;
  /** Whom it stands in for, when it is a fallback. */
  readonly insteadOf: readonly string[];
}

/** One line of a group's trail. */
export interface Trace {
  readonly at: number;
  readonly event: string;
  readonly message: string;
  readonly people?: readonly string[] | undefined;
}

/** A group of alerts, whole. Plain data: the object keeps it, these functions change it, tests need no object. */
export interface Group {
  readonly id: string;
  readonly route: string;
  readonly reason: string;
  readonly group: Readonly<Record<string, string>>;
  readonly timing: GroupTiming;
  readonly phase: 'firing' | 'resolved';
  /** Those that last, by rule and sender. */
  readonly members: Readonly<Record<string, Member>>;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly openedAt: number;
  /** When the last one came in, by our clock. */
  readonly raisedAt: number;
  readonly resolvedAt?: number | undefined;
  /** What was last told, to whomever. */
  readonly said?: { readonly at: number; readonly told: Told } | undefined;
  readonly seq: number;
  /** When to look whether there is something to tell. */
  readonly lookAt?: number | undefined;
  /** Why nothing is told, if something keeps it. */
  readonly muted?: string | undefined;
  readonly deliveries: Readonly<Record<string, Delivery>>;
  /** Who was told that it began and not that it ended. */
  readonly reached: readonly string[];
  readonly trail: readonly Trace[];
}

/** The most lines that a trail keeps: the first ones tell how it began, the newest how it stands. */
const TRAIL = 200;

/** Adds to the trail; what was just said is not said again. */
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

/** What members are told apart by. */
export const memberKey = ({
  rule,
  app_id,
  channel,
}: Pick<Member, 'rule' | 'app_id' | 'channel'>): string => JSON.stringify([rule, app_id, channel]);

/** The most urgent first; of the same urgency, the newest. */
export const byUrgency = (members: readonly Member[]): readonly Member[] =>
  members.toSorted(
    (a, b) => (URGENCY[b.severity] ?? 0) - (URGENCY[a.severity] ?? 0) || b.lastAt - a.lastAt,
  );

/** What is to be told of these members. */
export function tell(members: readonly Member[], state: Told['state']): Told | undefined {
  const [main, ...others] = byUrgency(members);
  if (!main) return undefined;
  return {
    state,
    main,
    others: others
      .slice(0, 10)
      .map(({ rule, title, count, people }) => ({ rule, title, count, people })),
    count: members.reduce((sum, { count }) => sum + count, 0),
    firstAt: Math.min(...members.map(({ firstAt }) => firstAt)),
    lastAt: Math.max(...members.map(({ lastAt }) => lastAt)),
  };
}

/** Whether what is to be told is another thing than what was told: more of it, more or less urgent, or of fewer rules. */
export const isNews = (now: Told, before: Told | undefined): boolean =>
  before === undefined ||
  now.count !== before.count ||
  now.main.severity !== before.main.severity ||
  now.others.length !== before.others.length;

/** Whether it is more urgent than what was told: that does not wait for the interval. */
export const isWorse = (now: Member, before: Told | undefined): boolean =>
  before !== undefined && (URGENCY[now.severity] ?? 0) > (URGENCY[before.main.severity] ?? 0);

/** The time after which a group that nothing comes to is over; `undefined` where only a rule can end it, or never. */
export const quietAt = ({ timing, raisedAt, phase }: Group): number | undefined =>
  phase === 'resolved' || timing.quiet === null ? undefined : raisedAt + timing.quiet;

/** When it is told again although nothing changed. */
export function repeatAt({ said, timing, phase }: Group): number | undefined {
  if (
    phase === 'resolved' ||
    !said ||
    timing.repeat === null ||
    (timing.once && said.told.count === 1)
  )
    return undefined;
  return said.at + timing.repeat;
}

/** A group that is over and told of: what its callbacks said need not be kept any longer. */
export function atRest(group: Group): Group {
  if (
    group.phase === 'firing' ||
    Object.keys(group.deliveries).length > 0 ||
    group.lookAt !== undefined
  )
    return group;
  const bare = (member: Member): Member => ({ ...member, text: '', facts: {} });
  return {
    ...group,
    members: Object.fromEntries(
      Object.entries(group.members).map(([key, member]) => [key, bare(member)]),
    ),
    said: group.said && {
      ...group.said,
      told: { ...group.said.told, main: bare(group.said.told.main) },
    },
  };
}

/** When a group has something to do next. */
export function nextAt(group: Group): number | undefined {
  const times = [
    group.lookAt,
    group.muted === undefined ? repeatAt(group) : undefined,
    quietAt(group),
    ...Object.values(group.deliveries).map(({ due }) => due),
  ].filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** A span in words: "30 s", "5 min", "4 h". */
export const spanWords = (span: number): string =>
  span >= 3_600_000 && span % 3_600_000 === 0
    ? `${span / 3_600_000} h`
    : span >= 60_000 && span % 60_000 === 0
      ? `${span / 60_000} min`
      : `${Math.round(span / 1_000)} s`;
