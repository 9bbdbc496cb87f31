import { DurableObject } from 'cloudflare:workers';
import { messageOf } from '../../errors.ts';
import { setAlarm } from '../alarm.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The window of the rule that answers 503, in milliseconds, and how many failures it takes. */
const WINDOW = 15 * MINUTE;
const FAILURES = 5;
/** How long a first failure may wait for others before the operator is alerted, in milliseconds. */
const ALERT_WAIT = 4 * MINUTE;
/** The shortest time between two alerts, in milliseconds. */
const ALERT_INTERVAL = HOUR;
/** Refusals are counted for each span of this length, in milliseconds. */
const SLOT = 5 * MINUTE;
/** How often an alarm that could not be delivered is repeated, in milliseconds. */
const RETRY = MINUTE;

/** Refused callbacks: `app` is an app that the settings name, or `other`. */
export interface Refused {
  readonly code: string;
  readonly app: string;
  readonly n: number;
}

/** Refused callbacks to count. */
export interface Refusal extends Refused {
  /** Of these, the well-formed, fresh signatures that failed over a body that names our project. */
  readonly unverified: number;
}

/** An app of which signatures fail and none verifies. Times are milliseconds since 1970. */
export interface UnverifiedApp {
  readonly app: string;
  readonly failures: number;
  readonly since: number;
}

/** The refusals of the last hour, and what follows from them. */
export interface RefusalState {
  readonly refused: readonly Refused[];
  /** Whether the secret seems to be wrong: failures are answered 503, so that Sinch retries. */
  readonly unverified: boolean;
  readonly apps: readonly UnverifiedApp[];
}

type AppRow = { app: string; failures: number; since: number; last: number };

/**
 * Counts callbacks that are refused, and knows whether any signature verifies. It decides when a
 * failed signature is more likely our wrong secret than a forgery.
 *
 * @storage Durable Object Refusals | one: refused callbacks by code and app, when a signature last
 *   verified; no content of callbacks | `POST /callbacks` | `POST /callbacks`, `/healthz`, `/metrics` |
 *   an hour
 */
export class Refusals extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS refused (slot INTEGER, code TEXT, app TEXT, n INTEGER NOT NULL, PRIMARY KEY (slot, code, app)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS apps (app TEXT PRIMARY KEY, failures INTEGER NOT NULL, since INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;`);
  }

  /** Counts refusals and returns whether the secret seems to be wrong. `now` in milliseconds since 1970. */
  async refuse(refusals: readonly Refusal[], now: number): Promise<boolean> {
    const slot = Math.floor(now / SLOT);
    this.#sql.exec('DELETE FROM refused WHERE slot < ?', slot - HOUR / SLOT);
    for (const { code, app, n, unverified } of refusals) {
      this.#sql.exec(
        'INSERT INTO refused VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n',
        ...[slot, code, app, n],
      );
      if (unverified > 0) await this.#fail(app, unverified, now);
    }
    return this.#isUnverified(now);
  }

  /** Stores that a signature of an app verified. */
  async verify(app: string, now: number): Promise<void> {
    this.ctx.storage.kv.put('verified', now);
    this.#sql.exec('DELETE FROM apps WHERE app = ?', app);
  }

  async read(now: number): Promise<RefusalState> {
    return {
      refused: this.#sql
        .exec<{ code: string; app: string; n: number }>(
          'SELECT code, app, sum(n) AS n FROM refused WHERE slot > ? GROUP BY code, app ORDER BY n DESC',
          Math.floor(now / SLOT) - HOUR / SLOT,
        )
        .toArray(),
      unverified: this.#isUnverified(now),
      apps: this.#apps(now - HOUR),
    };
  }

  /** Returns when the alarm is due; undefined where nothing is to be reported. */
  async dueAt(): Promise<number | undefined> {
    return this.#next();
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    const next = this.#next();
    if (next !== undefined && next <= now) {
      try {
        await this.env.EFFECTS.send({ kind: 'refusals', apps: this.#apps(now - HOUR), at: now });
        this.ctx.storage.kv.put('alerted', now);
      } catch (error) {
        // The runtime drops an alarm that throws several times.
        console.error({ event: 'refusals.not-reported', message: messageOf(error) });
        await setAlarm(this.ctx.storage, now + RETRY);
        return;
      }
    }
    await this.#arm();
  }

  async #fail(app: string, count: number, now: number): Promise<void> {
    const stale = now - HOUR;
    this.#sql.exec(
      `INSERT INTO apps VALUES (?1, ?2, ?3, ?3) ON CONFLICT (app) DO UPDATE SET
       since = CASE WHEN last < ?4 THEN ?3 ELSE since END,
       failures = CASE WHEN last < ?4 THEN ?2 ELSE failures + ?2 END, last = ?3`,
      ...[app, count, now, stale],
    );
    const recent = [
      ...this.#recent(),
      ...Array.from({ length: Math.min(count, FAILURES) }, () => now),
    ];
    this.ctx.storage.kv.put('recent', recent.slice(-FAILURES));
    await this.#arm();
  }

  /** Returns the times of the last failures, at most as many as the rule needs. */
  #recent(): readonly number[] {
    return this.ctx.storage.kv.get<number[]>('recent') ?? [];
  }

  #isUnverified(now: number): boolean {
    const verified = this.ctx.storage.kv.get<number>('verified') ?? Number.NEGATIVE_INFINITY;
    const recent = this.#recent();
    return (
      verified < now - WINDOW &&
      recent.filter((at) => at > Math.max(verified, now - WINDOW)).length >= FAILURES
    );
  }

  #apps(after: number): readonly UnverifiedApp[] {
    return this.#sql
      .exec<{ app: string; failures: number; since: number }>(
        'SELECT app, failures, since FROM apps WHERE last > ? ORDER BY app',
        after,
      )
      .toArray();
  }

  /** Returns when the operator is to be alerted: soon after the first failure since the last alert, at most once an hour. */
  #next(): number | undefined {
    const alerted = this.ctx.storage.kv.get<number>('alerted') ?? Number.NEGATIVE_INFINITY;
    const times = this.#sql
      .exec<AppRow>('SELECT * FROM apps WHERE last > ?', alerted)
      .toArray()
      .map(({ failures, since, last }) =>
        failures >= FAILURES ? last : Math.max(since, alerted) + ALERT_WAIT,
      );
    return times.length > 0 ? Math.max(Math.min(...times), alerted + ALERT_INTERVAL) : undefined;
  }

  async #arm(): Promise<void> {
    const next = this.#next();
    if (next !== undefined) await setAlarm(this.ctx.storage, Math.max(next, Date.now()));
  }
}
