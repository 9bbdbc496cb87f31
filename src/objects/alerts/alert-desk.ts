import { DurableObject } from 'cloudflare:workers';
import type { Ending } from './alert-changes.ts';
import type { Summary } from './alert-group.ts';

/** How long a group that is over stays in the list, and how long an ending is remembered for alerts that come late. */
const KEPT = 30 * 86_400_000;
const ENDINGS_KEPT = 7 * 86_400_000;
/** After so many failures in a row a destination is left alone for a while. */
const FAILURES = 5;
const REST = 5 * 60_000;
/** How long the one try that shows whether it works again may take. */
const TRIAL = 60_000;
const LONGEST_REST = 3_600_000;

/** A silence, its matchers still as they were written. Times are milliseconds since 1970. */
export interface StoredSilence {
  readonly id: string;
  readonly match: object;
  readonly until: number;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

/** How a destination stands. */
export interface Circuit {
  readonly to: string;
  readonly failures: number;
  readonly since: number;
  /** It is left alone until then; after that one try may show that it works again. */
  readonly openUntil: number;
  readonly message: string;
}

/** All that keeps alerts from being told, at one moment. */
export interface Desk {
  readonly silences: readonly StoredSilence[];
  /** The alerts that last, of all groups. */
  readonly firing: Summary['members'];
  /** Destinations whose last try failed. */
  readonly circuits: readonly Circuit[];
}

/** What all groups have in common: which there are, what is silenced, what a rule has ended, which destinations fail. One object. */
export class AlertDesk extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  #lasting: Summary['members'] | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, phase TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS groups_phase ON groups (phase, at);
      CREATE TABLE IF NOT EXISTS silences (id TEXT PRIMARY KEY, until INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS endings (rule TEXT, app_id TEXT, channel TEXT, at INTEGER NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (rule, app_id, channel)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS circuits (name TEXT PRIMARY KEY, failures INTEGER NOT NULL, since INTEGER NOT NULL, open_until INTEGER NOT NULL, message TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS hosts (name TEXT PRIMARY KEY) WITHOUT ROWID;`);
  }

  /** Hears of a group; answers what a rule has already ended in it. */
  async note(summary: Summary, now: number): Promise<readonly Ending[]> {
    this.#lasting = undefined;
    this.#sql.exec(
      'INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?)',
      summary.id,
      summary.phase,
      now,
      JSON.stringify(summary),
    );
    this.#sql.exec("DELETE FROM groups WHERE phase = 'resolved' AND at < ?", now - KEPT);
    if (summary.phase === 'resolved') return [];
    return summary.members.flatMap(({ rule, app_id, channel, lastAt }) =>
      this.#sql
        .exec<Row<Ending>>(
          'SELECT rule, app_id, channel, at, actor FROM endings WHERE rule = ? AND app_id = ? AND channel = ? AND at >= ?',
          rule,
          app_id,
          channel,
          lastAt,
        )
        .toArray(),
    );
  }

  /** A rule says that something is over: remembered for alerts that come late. Answers the groups that hold it. */
  async end(ending: Ending, now: number): Promise<readonly string[]> {
    const { rule, app_id, channel, at, actor } = ending;
    this.#sql.exec(
      `INSERT INTO endings VALUES (?, ?, ?, ?, ?) ON CONFLICT (rule, app_id, channel)
       DO UPDATE SET at = excluded.at, actor = excluded.actor WHERE excluded.at > at`,
      ...[rule, app_id, channel, at, actor],
    );
    this.#sql.exec('DELETE FROM endings WHERE at < ?', now - ENDINGS_KEPT);
    const holds = ({ members }: Summary) =>
      members.some(
        (member) => member.rule === rule && member.app_id === app_id && member.channel === channel,
      );
    // A rule that ends another's alerts may fire often: only what names that rule at all is read.
    return this.#sql
      .exec<{ json: string }>(
        "SELECT json FROM groups WHERE phase = 'firing' AND instr(json, ?) > 0",
        `"rule":${JSON.stringify(rule)}`,
      )
      .toArray()
      .map(({ json }) => JSON.parse(json) as Summary) // written by `note`
      .filter(holds)
      .map(({ id }) => id);
  }

  /** The groups, the newest first. */
  async list(phase: Summary['phase'] | undefined, limit: number): Promise<readonly Summary[]> {
    return phase
      ? this.#groups(phase, limit)
      : [...this.#groups('firing', limit), ...this.#groups('resolved', limit)].slice(0, limit);
  }

  /** All groups that are known, lasting or over. */
  async ids(): Promise<readonly string[]> {
    return this.#sql
      .exec<{ id: string }>('SELECT id FROM groups')
      .toArray()
      .map(({ id }) => id);
  }

  /** What lasts now, what is silenced, which destinations have failed: all that keeps an alert from being told. */
  async standing(now: number): Promise<Desk> {
    return {
      silences: this.#silences(now),
      firing: this.#firing(),
      circuits: this.#circuits(1),
    };
  }

  async silence(silence: StoredSilence): Promise<void> {
    this.#sql.exec(
      'INSERT INTO silences VALUES (?, ?, ?)',
      silence.id,
      silence.until,
      JSON.stringify(silence),
    );
  }

  /** Ends a silence before its time. Answers the groups that are muted, so that they look again; `undefined` where there is no such silence. */
  async unsilence(id: string): Promise<readonly string[] | undefined> {
    const gone = this.#sql.exec('DELETE FROM silences WHERE id = ? RETURNING 1', id).toArray();
    if (gone.length === 0) return undefined;
    return this.#groups('firing', 1_000).flatMap((group) =>
      group.muted === undefined ? [] : [group.id],
    );
  }

  async silences(now: number): Promise<readonly StoredSilence[]> {
    return this.#silences(now);
  }

  /** The destinations that fail, and since when. */
  async circuits(): Promise<readonly Circuit[]> {
    return this.#circuits(FAILURES);
  }

  /** When a destination that has failed may be tried: `undefined` is now, and then nobody else may for a minute. */
  async restOf(to: string, now: number): Promise<number | undefined> {
    const [row] = this.#sql.exec<{ open_until: number }>(
      'SELECT open_until FROM circuits WHERE name = ? AND failures >= ?',
      to,
      FAILURES,
    );
    if (!row) return undefined;
    if (row.open_until > now) return row.open_until;
    this.#sql.exec('UPDATE circuits SET open_until = ? WHERE name = ?', now + TRIAL, to);
    return undefined;
  }

  /** How a try at a destination went. `opened`: it is left alone from now on, and somebody should be told so, once. */
  async tried(to: string, failure: string | undefined, now: number): Promise<{ opened: boolean }> {
    if (failure === undefined) {
      this.#sql.exec('DELETE FROM circuits WHERE name = ?', to);
      return { opened: false };
    }
    const [before] = this.#sql.exec<{ failures: number; since: number }>(
      'SELECT failures, since FROM circuits WHERE name = ?',
      to,
    );
    const failures = (before?.failures ?? 0) + 1;
    const rest =
      failures < FAILURES ? 0 : Math.min(REST * 2 ** (failures - FAILURES), LONGEST_REST);
    this.#sql.exec(
      'INSERT OR REPLACE INTO circuits VALUES (?, ?, ?, ?, ?)',
      ...[to, failures, before?.since ?? now, rest === 0 ? 0 : now + rest, failure],
    );
    return { opened: failures === FAILURES };
  }

  /** Callbacks arrive at this host: whatever is told or sent must not come back to it. */
  async reachedAt(host: string): Promise<void> {
    this.#sql.exec('INSERT OR IGNORE INTO hosts VALUES (?)', host);
  }

  /** The hosts at which callbacks have arrived. */
  async hosts(): Promise<readonly string[]> {
    return this.#sql
      .exec<{ name: string }>('SELECT name FROM hosts')
      .toArray()
      .map(({ name }) => name);
  }

  #groups(phase: string, limit: number): readonly Summary[] {
    return this.#sql
      .exec<{ json: string }>(
        'SELECT json FROM groups WHERE phase = ? ORDER BY at DESC LIMIT ?',
        phase,
        limit,
      )
      .toArray()
      .map(({ json }) => JSON.parse(json) as Summary); // written by `note`
  }

  /** Read anew only when a group has changed: everybody who tells something asks. */
  #firing(): Summary['members'] {
    this.#lasting ??= this.#groups('firing', 1_000).flatMap(({ members }) => members);
    return this.#lasting;
  }

  #circuits(least: number): readonly Circuit[] {
    return this.#sql
      .exec<Row<Circuit>>(
        'SELECT name AS "to", failures, since, open_until AS openUntil, message FROM circuits WHERE failures >= ?',
        least,
      )
      .toArray();
  }

  #silences(now: number): readonly StoredSilence[] {
    this.#sql.exec('DELETE FROM silences WHERE until <= ?', now);
    return this.#sql
      .exec<{ json: string }>('SELECT json FROM silences ORDER BY until')
      .toArray()
      .map(({ json }) => JSON.parse(json) as StoredSilence); // written by `silence`
  }
}

/** A row as SQLite gives it: the same fields, with the index that its type asks for. */
type Row<T> = { [K in keyof T]: T[K] & SqlStorageValue };
