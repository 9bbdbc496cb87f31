import { DurableObject } from 'cloudflare:workers';
import { arm } from './alarm.ts';

/** How much of an action a rule may do: so many times within so many milliseconds. */
export interface Allowance {
  readonly count: number;
  readonly within: number;
}

/** What a spend came to. `first` is true for the one that broke the budget, so that it is told once. */
export interface Spent {
  readonly allowed: boolean;
  readonly used: number;
  readonly first: boolean;
}

const DAY = 86_400_000;
/** No budget looks further back. */
const KEPT = 30 * DAY;

/** The budget of one action of one rule: whatever goes wrong with a rule, it goes wrong only so often. */
export class Budgets extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS spends (key TEXT PRIMARY KEY, at INTEGER NOT NULL, allowed INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS spends_at ON spends (at);`);
  }

  /** Spends one, once a key: a repeated key gets its first answer. `now` in milliseconds. */
  async spend(key: string, { count, within }: Allowance, now: number): Promise<Spent> {
    this.#sql.exec('DELETE FROM spends WHERE at <= ?', now - within);
    const [earlier] = this.#sql.exec<{ allowed: number }>('SELECT allowed FROM spends WHERE key = ?', key);
    const used = this.#count(1);
    if (earlier) return { allowed: earlier.allowed === 1, used, first: false };
    const allowed = used < count;
    const first = !allowed && this.#count(0) === 0;
    this.#sql.exec('INSERT INTO spends VALUES (?, ?, ?)', key, now, allowed ? 1 : 0);
    await arm(this.ctx.storage, now + within);
    return { allowed, used: allowed ? used + 1 : used, first };
  }

  /** Whatever is old goes at the next spend; an object that nobody asks any more is emptied here. */
  override async alarm(): Promise<void> {
    this.#sql.exec('DELETE FROM spends WHERE at <= ?', Date.now() - KEPT);
    if (this.#count(0) + this.#count(1) > 0) await arm(this.ctx.storage, Date.now() + DAY);
  }

  #count(allowed: 0 | 1): number {
    return this.#sql.exec<{ n: number }>('SELECT count(*) AS n FROM spends WHERE allowed = ?', allowed).one().n;
  }
}
