import { type Content, perSecond } from '../../rules/model/values.ts';

interface Once {
  /** Callback, rule and place in the rule: what comes again changes nothing, even if Sinch did not say when it was. None by hand. */
  readonly once?: string | undefined;
}

/** A limit that a rule set on a sender. Times are milliseconds since 1970. */
export interface Limit extends Once {
  readonly rule: string;
  /** `10/minute`, or `0` for nothing at all. */
  readonly rate: string;
  readonly content: Content;
  readonly until: number;
  readonly at: number;
  readonly callbackId: string;
  /** Rates that follow when it ends, each for a day, before the sender is free again. */
  readonly ramp?: readonly string[] | undefined;
  /** How long it holds on after it is taken back: what flaps within that time changes nothing. */
  readonly hold?: number | undefined;
}

/** A rule's limit is taken back; without a rule, all are. */
export interface Release extends Once {
  readonly rule?: string | undefined;
  readonly at: number;
  readonly callbackId: string;
  /** Somebody wants it gone now: neither hold nor ramp. */
  readonly atOnce?: boolean | undefined;
}

/** A limit in force. */
export interface ActiveLimit {
  readonly to: string;
  readonly content: Content;
  readonly until: number;
  /** The rule that set it. */
  readonly reason: string;
  readonly since: number;
  /** It is on its way up: the step of the ramp, from 1. */
  readonly step?: number;
}

/** What happened to a sender's limits. */
export type LimitEvent =
  | {
      readonly at: number;
      readonly event: 'limit';
      readonly callbackId: string;
      readonly rule: string;
      readonly to: string;
      readonly content: Content;
      readonly until: number;
    }
  | {
      readonly at: number;
      readonly event: 'release';
      readonly callbackId: string;
      readonly rule?: string;
    };

/** A sender's limits, one a rule and content. Whatever the order of arrival, the newest event wins. */
export interface Limits {
  set(limit: Limit): void;
  /** Ends what was set before the release, and what arrives later but is older. Of the same moment the limit holds. */
  release(release: Release): void;
  /** The limits that count at `now`, strictest first. */
  active(now: number): ActiveLimit[];
  /** The limits and releases, oldest first. */
  events(): LimitEvent[];
  /** The callback that a limit in force came with. */
  causeOf(limit: Pick<ActiveLimit, 'reason' | 'content' | 'since'>): string | undefined;
}

/** How many limits and releases the history keeps: years of them, and still one answer. */
const EVENTS_KEPT = 10_000;
/** Under this name a release of everything is kept; no rule can have it. */
export const EVERY_RULE = '';

/** How long a step of a ramp lasts. */
const STEP = 86_400_000;
/** How many releases of a rule are kept, the newest, beside those that end a limit: the first one behind it does, of either kind. */
const RELEASES_KEPT = 50;

type LimitRow = Omit<Limit, 'callbackId' | 'ramp' | 'hold' | 'once'> & {
  callback_id: string;
  ramp: string | null;
  hold: number | null;
};
export type ReleaseRow = { rule: string; at: number; at_once: number };

/** The limits in an object's storage. */
export function openLimits(sql: SqlStorage): Limits {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS limits (
      rule TEXT NOT NULL, content TEXT NOT NULL, rate TEXT NOT NULL, until INTEGER NOT NULL, at INTEGER NOT NULL, callback_id TEXT NOT NULL,
      ramp TEXT, hold INTEGER, PRIMARY KEY (rule, content)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS releases (rule TEXT NOT NULL, at INTEGER NOT NULL, at_once INTEGER NOT NULL, PRIMARY KEY (rule, at)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS applied (id INTEGER PRIMARY KEY AUTOINCREMENT, once TEXT NOT NULL UNIQUE);`);

  /** Puts a text on a list that keeps the newest, each once. Was it new? */
  function isNew(list: 'events' | 'applied', text: string): boolean {
    const column = list === 'events' ? 'event' : 'once';
    const [added] = sql
      .exec<{ id: number }>(
        `INSERT OR IGNORE INTO ${list} (${column}) VALUES (?) RETURNING id`,
        text,
      )
      .toArray();
    if (added) sql.exec(`DELETE FROM ${list} WHERE id <= ?`, added.id - EVENTS_KEPT);
    return added !== undefined;
  }
  const again = (once: string | undefined): boolean =>
    once !== undefined && !isNew('applied', once);
  const log = (event: LimitEvent): boolean => isNew('events', JSON.stringify(event));

  return {
    set(limit) {
      const { rule, content, rate, until, at, callbackId, ramp, hold, once } = limit;
      if (again(once)) return;
      const [held] = sql.exec<LimitRow>(
        'SELECT * FROM limits WHERE rule = ? AND content = ?',
        rule,
        content,
      );
      if (!held || supersedes(limit, limitOf(held))) {
        const after = [ramp && ramp.length > 0 ? JSON.stringify(ramp) : null, hold ?? null];
        sql.exec(
          'INSERT OR REPLACE INTO limits VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
          rule,
          content,
          rate,
          until,
          at,
          callbackId,
          ...after,
        );
      }
      log({ at, event: 'limit', callbackId, rule, to: rate, content, until });
    },
    release({ rule, at, callbackId, atOnce, once }) {
      if (again(once)) return;
      const name = rule ?? EVERY_RULE;
      sql.exec(
        'INSERT INTO releases VALUES (?, ?, ?) ON CONFLICT (rule, at) DO UPDATE SET at_once = max(at_once, excluded.at_once)',
        name,
        at,
        atOnce ? 1 : 0,
      );
      sql.exec(
        `DELETE FROM releases AS this WHERE rule = ?1
           AND at NOT IN (SELECT at FROM releases WHERE rule = ?1 ORDER BY at DESC LIMIT ?2)
           AND NOT EXISTS (SELECT 1 FROM limits WHERE this.at = (SELECT min(first.at) FROM releases AS first
             WHERE first.rule = ?1 AND first.at_once = this.at_once AND first.at > limits.at))`,
        name,
        RELEASES_KEPT,
      );
      log({ at, event: 'release', callbackId, ...(rule !== undefined && { rule }) });
    },
    active(now) {
      const releases = sql.exec<ReleaseRow>('SELECT * FROM releases ORDER BY at').toArray();
      return sql
        .exec<LimitRow>('SELECT * FROM limits')
        .toArray()
        .map(limitOf)
        .flatMap((limit) => activeOf(limit, releases, now) ?? [])
        .toSorted(strictestFirst);
    },
    // `event` is only ever written by `log`.
    events: () =>
      sql
        .exec<{ event: string }>('SELECT event FROM events')
        .toArray()
        .map(({ event }) => JSON.parse(event) as LimitEvent),
    causeOf: ({ reason, content, since }) =>
      sql
        .exec<{ callback_id: string }>(
          'SELECT callback_id FROM limits WHERE rule = ? AND content = ? AND at = ?',
          reason,
          content,
          since,
        )
        .toArray()[0]?.callback_id,
  };
}

const limitOf = ({ callback_id, ramp, hold, ...limit }: LimitRow): Limit => ({
  ...limit,
  callbackId: callback_id,
  // `ramp` is only ever written by `set`.
  ...(ramp !== null && { ramp: JSON.parse(ramp) as string[] }),
  ...(hold !== null && { hold }),
});

/** What a limit comes to at `now`: itself until it ends, then each step of its ramp for a day. The first release behind it ends it. */
export function activeOf(
  limit: Limit,
  releases: readonly ReleaseRow[],
  now: number,
): ActiveLimit | undefined {
  const { rule, content, rate, until, at, ramp = [], hold = 0 } = limit;
  const behind = releases.filter(
    (release) => (release.rule === rule || release.rule === EVERY_RULE) && release.at > at,
  );
  if (behind.some(({ at_once, at: when }) => at_once === 1 && when <= now)) return undefined;
  const end = Math.min(until, ...behind.slice(0, 1).map((release) => release.at + hold));
  const about = { content, reason: rule, since: at };
  if (now < end && (behind.length === 0 || hold > 0)) return { to: rate, until: end, ...about };
  const step = Math.floor((now - end) / STEP);
  const to = ramp[step];
  return to === undefined
    ? undefined
    : { to, until: end + (step + 1) * STEP, step: step + 1, ...about };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The lowest rate first; of equal ones the longest; then in the order of rules, in which they are read. */
export const strictestFirst = (a: ActiveLimit, b: ActiveLimit): number =>
  perSecond(a.to) - perSecond(b.to) || b.until - a.until;

/** Whether one limit of a rule replaces another: the newer event; of the same moment the stricter. A total order, so that arrival does not matter. */
export const supersedes = (limit: Limit, held: Limit): boolean =>
  (limit.at - held.at ||
    perSecond(held.rate) - perSecond(limit.rate) ||
    limit.until - held.until ||
    compare(`${limit.rate} ${limit.callbackId}`, `${held.rate} ${held.callbackId}`)) > 0;
