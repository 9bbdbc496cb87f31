import { DurableObject } from 'cloudflare:workers';
import type { Resolution } from './alert-changes.ts';
import type { Summary } from './alert-group.ts';
import { type Circuit, Circuits, FAILURES } from './circuits.ts';

/** How long a resolved group stays in the list, and a resolution is kept for late alerts, in milliseconds. */
const GROUP_RETENTION = 30 * 86_400_000;
const RESOLUTION_RETENTION = 7 * 86_400_000;
/** A silence with its matchers as they were written. Times are milliseconds since 1970. */
export interface StoredSilence {
  readonly id: string;
  readonly match: object;
  readonly until: number;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

/** All that can keep an alert from being sent. */
export interface AlertState {
  readonly silences: readonly StoredSilence[];
  /** The firing alerts of all groups. */
  readonly firing: Summary['members'];
  /** Destinations whose last attempt failed. */
  readonly circuits: readonly Circuit[];
}

/**
 * The state that all groups share: the list of groups, silences, resolutions, failing destinations.
 * One object.
 *
 * @storage Durable Object AlertDesk | one: the list of alerts, silences, resolutions by rules,
 *   failing destinations, refused forwards (no body), the hosts at which callbacks arrive | alerts,
 *   forwards, `/v1/silences`, `POST /callbacks` | the queues of effects and forwards, `GET
 *   /v1/alerts` | resolved alerts: 30 days; silences until they end; refused forwards: 4 days
 */
export class AlertDesk extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #circuits: Circuits;
  #firingMembers: Summary['members'] | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS groups (id TEXT PRIMARY KEY, phase TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS groups_phase ON groups (phase, at);
      CREATE TABLE IF NOT EXISTS silences (id TEXT PRIMARY KEY, until INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS resolutions (rule TEXT, app_id TEXT, channel TEXT, at INTEGER NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (rule, app_id, channel)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS own_hosts (name TEXT PRIMARY KEY) WITHOUT ROWID;`);
    this.#circuits = new Circuits(this.#sql);
  }

  /**
   * Stores the summary of a group. Returns the resolutions that already apply to it, and the muted
   * groups that must check again because an alert of this one has ended and may have inhibited them.
   */
  async note(
    summary: Summary,
    now: number,
  ): Promise<{ readonly endings: readonly Resolution[]; readonly recheck: readonly string[] }> {
    const eased = this.#hasEased(summary);
    this.#firingMembers = undefined;
    this.#sql.exec(
      'INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?)',
      summary.id,
      summary.phase,
      now,
      JSON.stringify(summary),
    );
    this.#sql.exec("DELETE FROM groups WHERE phase = 'resolved' AND at < ?", now - GROUP_RETENTION);
    const recheck = eased ? this.#mutedGroups().filter((id) => id !== summary.id) : [];
    if (summary.phase === 'resolved') return { endings: [], recheck };
    const endings = summary.members.flatMap(({ rule, app_id, channel, lastAt }) =>
      this.#sql
        .exec<Row<Resolution>>(
          'SELECT rule, app_id, channel, at, actor FROM resolutions WHERE rule = ? AND app_id = ? AND channel = ? AND at >= ?',
          rule,
          app_id,
          channel,
          lastAt,
        )
        .toArray(),
    );
    return { endings, recheck };
  }

  /** Returns whether a firing alert of the stored summary is not in the new one. */
  #hasEased({ id, phase, members }: Summary): boolean {
    const [row] = this.#sql.exec<{ json: string }>(
      "SELECT json FROM groups WHERE id = ? AND phase = 'firing'",
      id,
    );
    if (!row) return false;
    if (phase === 'resolved') return true;
    const key = ({ rule, app_id, channel, severity }: Summary['members'][number]): string =>
      JSON.stringify([rule, app_id, channel, severity]);
    const kept = new Set(members.map(key));
    const before = JSON.parse(row.json) as Summary; // written by `note`
    return before.members.some((member) => !kept.has(key(member)));
  }

  /** Returns the ids of the firing groups that are muted. */
  #mutedGroups(): readonly string[] {
    return this.#groups('firing', 1_000).flatMap((group) =>
      group.muted === undefined ? [] : [group.id],
    );
  }

  /** Stores a resolution, also for alerts that arrive later, and returns the groups that it applies to. */
  async end(ending: Resolution, now: number): Promise<readonly string[]> {
    const { rule, app_id, channel, at, actor } = ending;
    this.#sql.exec(
      `INSERT INTO resolutions VALUES (?, ?, ?, ?, ?) ON CONFLICT (rule, app_id, channel)
       DO UPDATE SET at = excluded.at, actor = excluded.actor WHERE excluded.at > at`,
      ...[rule, app_id, channel, at, actor],
    );
    this.#sql.exec('DELETE FROM resolutions WHERE at < ?', now - RESOLUTION_RETENTION);
    const holds = ({ members }: Summary) =>
      members.some(
        (member) => member.rule === rule && member.app_id === app_id && member.channel === channel,
      );
    // A resolving rule may fire often, so only groups that name the resolved rule are parsed.
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

  /** Returns the groups, newest first. */
  async list(phase: Summary['phase'] | undefined, limit: number): Promise<readonly Summary[]> {
    return phase
      ? this.#groups(phase, limit)
      : [...this.#groups('firing', limit), ...this.#groups('resolved', limit)].slice(0, limit);
  }

  /** Returns the ids of all groups, firing and resolved. */
  async ids(): Promise<readonly string[]> {
    return this.#sql
      .exec<{ id: string }>('SELECT id FROM groups')
      .toArray()
      .map(({ id }) => id);
  }

  /** Returns the firing alerts, the silences and the failing destinations. */
  async readState(now: number): Promise<AlertState> {
    return {
      silences: this.#silences(now),
      firing: this.#firing(),
      circuits: this.#circuits.list(1),
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

  /** Ends a silence and returns the muted groups, which then check again; undefined if there is no such silence. */
  async unsilence(id: string): Promise<readonly string[] | undefined> {
    const gone = this.#sql.exec('DELETE FROM silences WHERE id = ? RETURNING 1', id).toArray();
    return gone.length === 0 ? undefined : this.#mutedGroups();
  }

  async silences(now: number): Promise<readonly StoredSilence[]> {
    return this.#silences(now);
  }

  /** Returns the paused destinations. */
  async circuits(): Promise<readonly Circuit[]> {
    return this.#circuits.list(FAILURES);
  }

  /** Returns until when a destination is paused. `undefined`: the caller may try now, and no other caller for a minute. */
  async blockedUntil(to: string, now: number): Promise<number | undefined> {
    return this.#circuits.blockedUntil(to, now);
  }

  /** Returns the present state of a destination; `until`: as `blockedUntil`. */
  async circuit(to: string, now: number): Promise<{ failing: boolean; until?: number }> {
    const until = this.#circuits.blockedUntil(to, now);
    return { failing: this.#circuits.isFailing(to), ...(until !== undefined && { until }) };
  }

  /** Stores the result of an attempt. `opened`: the destination is paused from now on, which is worth one alert. */
  async recordAttempt(
    to: string,
    failure: string | undefined,
    now: number,
  ): Promise<{ opened: boolean }> {
    if (failure !== undefined) return { opened: this.#circuits.fail(to, failure, now) };
    this.#circuits.close(to);
    return { opened: false };
  }

  /** Stores that a destination accepted a forward. */
  async recordAccepted(to: string, now: number): Promise<void> {
    this.#circuits.accept(to, now);
  }

  /** Stores that a destination refused a forward, by the key of its effect. `isolated`: that body alone is at fault. */
  async recordRefused(
    to: string,
    key: string,
    message: string,
    now: number,
  ): Promise<{ opened: boolean; isolated: boolean }> {
    const opened = this.#circuits.fail(to, message, now, true);
    return { opened, isolated: this.#circuits.refuse(to, key, now) };
  }

  /** Stores a host at which callbacks arrive: nothing may be sent to it, or it would come back. */
  async addOwnHost(host: string): Promise<void> {
    this.#sql.exec('INSERT OR IGNORE INTO own_hosts VALUES (?)', host);
  }

  /** Returns the hosts at which callbacks arrived. */
  async ownHosts(): Promise<readonly string[]> {
    return this.#sql
      .exec<{ name: string }>('SELECT name FROM own_hosts')
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

  /** Read again only when a group has changed, because every group asks before it sends. */
  #firing(): Summary['members'] {
    this.#firingMembers ??= this.#groups('firing', 1_000).flatMap(({ members }) => members);
    return this.#firingMembers;
  }

  #silences(now: number): readonly StoredSilence[] {
    this.#sql.exec('DELETE FROM silences WHERE until <= ?', now);
    return this.#sql
      .exec<{ json: string }>('SELECT json FROM silences ORDER BY until')
      .toArray()
      .map(({ json }) => JSON.parse(json) as StoredSilence); // written by `silence`
  }
}

/** A row as SQLite returns it: the same fields, with the index signature that its type requires. */
type Row<T> = { [K in keyof T]: T[K] & SqlStorageValue };
