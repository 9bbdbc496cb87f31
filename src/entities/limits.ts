import { type Content, perSecond } from '../rules/values.ts';

/** A limit that a rule set on a sender. Times are milliseconds since 1970. */
export interface Limit {
  readonly rule: string;
  /** `10/minute`, or `0` for nothing at all. */
  readonly rate: string;
  readonly content: Content;
  readonly until: number;
  readonly at: number;
  readonly callbackId: string;
}

/** A rule's limit is taken back; without a rule, all are. */
export interface Release {
  readonly rule?: string | undefined;
  readonly at: number;
  readonly callbackId: string;
}

/** A limit in force. */
export interface ActiveLimit {
  readonly to: string;
  readonly content: Content;
  readonly until: number;
  /** The rule that set it. */
  readonly because: string;
  readonly since: number;
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
  | { readonly at: number; readonly event: 'release'; readonly callbackId: string; readonly rule?: string };

/** A sender's limits, one a rule and content. Whatever the order of arrival, the newest event wins. */
export interface Limits {
  set(limit: Limit): void;
  /** Ends what was set before the release, and what arrives later but is older. Of the same moment the limit holds. */
  release(release: Release): void;
  /** The limits that count at `now`, strictest first. */
  active(now: number): ActiveLimit[];
  /** The newest limits and releases. */
  events(): LimitEvent[];
}

/** How many limits and releases the history keeps. */
const EVENTS_KEPT = 500;
/** Under this name a release of everything is kept; no rule can have it. */
const EVERY_RULE = '';

type LimitRow = Omit<Limit, 'callbackId'> & { callback_id: string };

/** The limits in an object's storage. */
export function openLimits(sql: SqlStorage): Limits {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS limits (
      rule TEXT NOT NULL, content TEXT NOT NULL, rate TEXT NOT NULL, until INTEGER NOT NULL, at INTEGER NOT NULL, callback_id TEXT NOT NULL,
      PRIMARY KEY (rule, content)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS releases (rule TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL UNIQUE);`);

  function log(event: LimitEvent): void {
    const logged = sql
      .exec<{ id: number }>('INSERT OR IGNORE INTO events (event) VALUES (?) RETURNING id', JSON.stringify(event))
      .toArray();
    for (const { id } of logged) sql.exec('DELETE FROM events WHERE id <= ?', id - EVENTS_KEPT);
  }

  return {
    set(limit) {
      const { rule, content, rate, until, at, callbackId } = limit;
      const [held] = sql.exec<LimitRow>('SELECT * FROM limits WHERE rule = ? AND content = ?', rule, content);
      if (!held || supersedes(limit, limitOf(held))) {
        sql.exec('INSERT OR REPLACE INTO limits VALUES (?, ?, ?, ?, ?, ?)', rule, content, rate, until, at, callbackId);
      }
      log({ at, event: 'limit', callbackId, rule, to: rate, content, until });
    },
    release({ rule, at, callbackId }) {
      sql.exec(
        'INSERT INTO releases VALUES (?, ?) ON CONFLICT (rule) DO UPDATE SET at = max(at, excluded.at)',
        rule ?? EVERY_RULE,
        at,
      );
      log({ at, event: 'release', callbackId, ...(rule !== undefined && { rule }) });
    },
    active(now) {
      const released = new Map(
        sql
          .exec<{ rule: string; at: number }>('SELECT * FROM releases')
          .toArray()
          .map(({ rule, at }) => [rule, at]),
      );
      const holds = ({ rule, at, until }: Limit): boolean =>
        until > now && [rule, EVERY_RULE].every((name) => at >= (released.get(name) ?? Number.NEGATIVE_INFINITY));
      return sql
        .exec<LimitRow>('SELECT * FROM limits')
        .toArray()
        .map(limitOf)
        .filter(holds)
        .map(activeOf)
        .toSorted(strictestFirst);
    },
    // `event` is only ever written by `log`.
    events: () =>
      sql
        .exec<{ event: string }>('SELECT event FROM events')
        .toArray()
        .map(({ event }) => JSON.parse(event) as LimitEvent),
  };
}

const limitOf = ({ callback_id, ...limit }: LimitRow): Limit => ({ ...limit, callbackId: callback_id });
const activeOf = ({ rate, content, until, rule, at }: Limit): ActiveLimit => ({
  to: rate,
  content,
  until,
  because: rule,
  since: at,
});
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The lowest rate first; of equal ones the longest; then in the order of rules, in which they are read. */
const strictestFirst = (a: ActiveLimit, b: ActiveLimit): number =>
  perSecond(a.to) - perSecond(b.to) || b.until - a.until;

/** Whether one limit of a rule replaces another: the newer event; of the same moment the stricter. A total order, so that arrival does not matter. */
const supersedes = (limit: Limit, held: Limit): boolean =>
  (limit.at - held.at ||
    perSecond(held.rate) - perSecond(limit.rate) ||
    limit.until - held.until ||
    compare(`${limit.rate} ${limit.callbackId}`, `${held.rate} ${held.callbackId}`)) > 0;
