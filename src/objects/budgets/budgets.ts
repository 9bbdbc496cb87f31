import { DurableObject } from 'cloudflare:workers';
import { arm } from '../alarm.ts';

/** How much of an action a rule may do: so many times within so many milliseconds. */
export interface Allowance {
  readonly count: number;
  readonly within: number;
}

/** What a spend came to. `first` is true for the one key that broke the budget, however often it comes: it is told once, and not lost. */
export interface Spent {
  readonly allowed: boolean;
  readonly used: number;
  readonly first: boolean;
}

const DAY = 86_400_000;
/** No budget looks further back. */
const KEPT = 30 * DAY;

/** Where the key stands that broke the budget. */
const BROKE = 'broke';

/**
 * The budget of one action of one rule: whatever goes wrong with a rule, it goes wrong only so
 * often.
 *
 * @storage Durable Object Budgets | one per rule and action with a budget: ids and times of its
 *   executions | state actions and effects | state actions and effects | the period of the budget,
 *   until the next execution; 30 days at most
 */
export class Budgets extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  /** How many are kept, of those allowed and those not: counted once, when the object wakes, not at each of many thousands. */
  readonly #kept: { 0: number; 1: number } = { 0: 0, 1: 0 };

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS spends (key TEXT PRIMARY KEY, at INTEGER NOT NULL, allowed INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS spends_at ON spends (at);`);
    for (const { allowed, n } of this.#sql.exec<{ allowed: 0 | 1; n: number }>(
      'SELECT allowed, count(*) AS n FROM spends GROUP BY allowed',
    ))
      this.#kept[allowed] = n;
  }

  /** Spends one, once a key: a repeated key gets its first answer. `now` in milliseconds. */
  async spend(key: string, { count, within }: Allowance, now: number): Promise<Spent> {
    this.#forget(now - within);
    const [earlier] = this.#sql.exec<{ allowed: number }>(
      'SELECT allowed FROM spends WHERE key = ?',
      key,
    );
    const used = this.#kept[1];
    const { kv } = this.ctx.storage;
    if (earlier) {
      const allowed = earlier.allowed === 1;
      // Whoever was told first may not have come to telling it on.
      return { allowed, used, first: !allowed && kv.get(BROKE) === key };
    }
    const allowed = used < count;
    const first = !allowed && this.#kept[0] === 0;
    if (first) kv.put(BROKE, key);
    this.#sql.exec('INSERT INTO spends VALUES (?, ?, ?)', key, now, allowed ? 1 : 0);
    this.#kept[allowed ? 1 : 0] += 1;
    await arm(this.ctx.storage, now + within);
    return { allowed, used: allowed ? used + 1 : used, first };
  }

  /** Whatever is old goes at the next spend; an object that nobody asks any more is emptied here. */
  override async alarm(): Promise<void> {
    this.#forget(Date.now() - KEPT);
    if (this.#kept[0] + this.#kept[1] > 0) await arm(this.ctx.storage, Date.now() + DAY);
  }

  /** Removes what was spent up to then. */
  #forget(until: number): void {
    for (const { allowed } of this.#sql.exec<{ allowed: 0 | 1 }>(
      'DELETE FROM spends WHERE at <= ? RETURNING allowed',
      until,
    ))
      this.#kept[allowed] -= 1;
  }
}
