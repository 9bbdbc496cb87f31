import { DurableObject } from 'cloudflare:workers';
import { ensureAlarm, setAlarm } from '../alarm.ts';

/** A budget: how often a rule may run an action within how many milliseconds. */
export interface Allowance {
  readonly count: number;
  readonly within: number;
}

/** The result of a spend. `first` is true for the one key that exceeded the budget, each time it is spent: it causes the alert. */
export interface SpendResult {
  readonly allowed: boolean;
  readonly used: number;
  readonly first: boolean;
}

/** The longest window of a budget, in milliseconds. */
const RETENTION = 30 * 86_400_000;

/** Holds the key that exceeded the budget. */
const EXCEEDED_BY = 'exceeded_by';

/**
 * The budget of one action of one rule, or of the answers to one person. It limits the damage that a
 * faulty rule can do, and ends a loop of two machines that answer each other.
 *
 * @storage Durable Object Budgets | one per rule and action with a budget, and one per answered
 *   person (by keyed hash): ids and times of the executions | state actions and effects | state actions and effects | the period of the budget,
 *   until the next execution; 30 days at most
 */
export class Budgets extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  /** How many rows are stored, by `allowed`. Counted once when the object starts, not at every spend. */
  readonly #counts: { 0: number; 1: number } = { 0: 0, 1: 0 };

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS spends (key TEXT PRIMARY KEY, at INTEGER NOT NULL, allowed INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS spends_at ON spends (at);`);
    for (const { allowed, n } of this.#sql.exec<{ allowed: 0 | 1; n: number }>(
      'SELECT allowed, count(*) AS n FROM spends GROUP BY allowed',
    ))
      this.#counts[allowed] = n;
  }

  /** Spends one, once for each key: a repeated key gets its first answer. `now` in milliseconds since 1970. */
  async spend(key: string, { count, within }: Allowance, now: number): Promise<SpendResult> {
    this.#forget(now - within);
    const [earlier] = this.#sql.exec<{ allowed: number }>(
      'SELECT allowed FROM spends WHERE key = ?',
      key,
    );
    const used = this.#counts[1];
    const { kv } = this.ctx.storage;
    if (earlier) {
      const allowed = earlier.allowed === 1;
      // The first caller may have failed before it sent the alert.
      return { allowed, used, first: !allowed && kv.get(EXCEEDED_BY) === key };
    }
    const allowed = used < count;
    const first = !allowed && this.#counts[0] === 0;
    if (first) kv.put(EXCEEDED_BY, key);
    this.#sql.exec('INSERT INTO spends VALUES (?, ?, ?)', key, now, allowed ? 1 : 0);
    this.#counts[allowed ? 1 : 0] += 1;
    // Not at every spend: setting an alarm is billed as a row.
    await ensureAlarm(this.ctx.storage, RETENTION);
    return { allowed, used: allowed ? used + 1 : used, first };
  }

  /** A spend removes old rows; the alarm empties an object that is not used any more. */
  override async alarm(): Promise<void> {
    this.#forget(Date.now() - RETENTION);
    const { oldest } = this.#sql
      .exec<{ oldest: number | null }>('SELECT min(at) AS oldest FROM spends')
      .one();
    if (oldest !== null) await setAlarm(this.ctx.storage, oldest + RETENTION);
  }

  /** Removes rows up to that time. */
  #forget(until: number): void {
    for (const { allowed } of this.#sql.exec<{ allowed: 0 | 1 }>(
      'DELETE FROM spends WHERE at <= ? RETURNING allowed',
      until,
    ))
      this.#counts[allowed] -= 1;
  }
}
