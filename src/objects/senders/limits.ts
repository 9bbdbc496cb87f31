import { type Content, perSecond } from '../../rules/model/values.ts';

interface Once {
  /** Callback, rule and position in the rule: a redelivery changes nothing, even where Sinch states no event time. Undefined for a change by hand. */
  readonly once?: string | undefined;
}

/** A limit that a rule sets on a sender. Times are milliseconds since 1970. */
export interface Limit extends Once {
  readonly rule: string;
  /** `10/minute`, or `0` to stop all sends. */
  readonly rate: string;
  readonly content: Content;
  readonly until: number;
  readonly at: number;
  readonly callbackId: string;
  /** Rates that follow the limit, each for a day, before the sender is unlimited again. */
  readonly ramp?: readonly string[] | undefined;
  /** How long it continues after a release, in milliseconds: a state that flaps within that time changes nothing. */
  readonly hold?: number | undefined;
}

/** The end of a rule's limit; without a rule, of all limits. */
export interface Release extends Once {
  readonly rule?: string | undefined;
  readonly at: number;
  readonly callbackId: string;
  /** End it now, without hold and ramp. */
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
  /** The step of the ramp, from 1. */
  readonly step?: number;
}

/** A limit or release in a sender's history. */
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

/** A sender's limits: one for each rule and kind of content. The newest event wins, whatever the order of arrival. */
export interface Limits {
  set(limit: Limit): void;
  /** Ends limits that are older than the release, also those that arrive after it. At the same time the limit wins. */
  release(release: Release): void;
  /** Returns the limits in force at `now`, strictest first. */
  active(now: number): ActiveLimit[];
  /** Returns the limits and releases, oldest first. */
  events(): LimitEvent[];
  /** Returns the id of the callback that set a limit in force. */
  causeOf(limit: Pick<ActiveLimit, 'reason' | 'content' | 'since'>): string | undefined;
}

/** How many limits and releases the history keeps: years of them, and few enough for one response. */
const EVENTS_KEPT = 10_000;
/** The rule name of a release of all limits; no rule can have it. */
export const EVERY_RULE = '';

/** How long a step of a ramp lasts, in milliseconds. */
const STEP = 86_400_000;
/** How many of a rule's newest releases are kept, besides those that end a limit: the first release after a limit, with and without `atOnce`. */
const RELEASES_KEPT = 50;

type LimitRow = Omit<Limit, 'callbackId' | 'ramp' | 'hold' | 'once'> & {
  callback_id: string;
  ramp: string | null;
  hold: number | null;
};
export type ReleaseRow = { rule: string; at: number; at_once: number };

/** Opens the limits in an object's storage. */
export function openLimits(sql: SqlStorage): Limits {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS limits (
      rule TEXT NOT NULL, content TEXT NOT NULL, rate TEXT NOT NULL, until INTEGER NOT NULL, at INTEGER NOT NULL, callback_id TEXT NOT NULL,
      ramp TEXT, hold INTEGER, PRIMARY KEY (rule, content)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS releases (rule TEXT NOT NULL, at INTEGER NOT NULL, at_once INTEGER NOT NULL, PRIMARY KEY (rule, at)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS applied (id INTEGER PRIMARY KEY AUTOINCREMENT, once TEXT NOT NULL UNIQUE);`);

  /** Adds a text to a list that keeps the newest, each once. Returns whether it was new. */
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
    // `log` wrote it.
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
  // `set` wrote it.
  ...(ramp !== null && { ramp: JSON.parse(ramp) as string[] }),
  ...(hold !== null && { hold }),
});

/** Returns what a limit amounts to at `now`: itself until it ends, then each step of its ramp for a day. The first release after it ends it. */
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

/** Orders the lowest rate first; among equal rates, the one that lasts longest; else by rule, the order in which they are read. */
export const strictestFirst = (a: ActiveLimit, b: ActiveLimit): number =>
  perSecond(a.to) - perSecond(b.to) || b.until - a.until;

/** Returns whether one limit of a rule replaces another: the newer event, at the same time the stricter. It is a total order, so that the order of arrival does not matter. */
export const supersedes = (limit: Limit, held: Limit): boolean =>
  (limit.at - held.at ||
    perSecond(held.rate) - perSecond(limit.rate) ||
    limit.until - held.until ||
    compare(`${limit.rate} ${limit.callbackId}`, `${held.rate} ${held.callbackId}`)) > 0;
