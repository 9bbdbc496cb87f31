import { DurableObject } from 'cloudflare:workers';
import { armSweep } from '../alarm.ts';

/**
 * The answer to "may I do this?": `taken`, it is yours; `held`, somebody is at it; `done`, it was done;
 * `lapsed`, it is yours, but somebody else's lease ran out and nobody knows how far they came.
 */
export type Claim = 'taken' | 'held' | 'done' | 'lapsed';

/** Longer than a queue, a dead letter and Sinch's own redeliveries can bring the same effect again. */
const KEPT = 7 * 86_400_000;
const BATCH = 5_000;

/**
 * A sixteenth of all claims: each effect is claimed before it goes out, so that it goes out once.
 *
 * @storage Durable Object Claims | 16 shards: which effects are executed | every effect | every
 *   effect | 7 days
 */
export class Claims extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, lease INTEGER, until INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS claims_until ON claims (until);`);
  }

  /** Asks for `key` for `leaseMs` from `now` on. Both in milliseconds. */
  async take(key: string, leaseMs: number, now: number): Promise<Claim> {
    const [held] = this.#sql.exec<{ lease: number | null }>(
      'SELECT lease FROM claims WHERE key = ?',
      key,
    );
    if (held?.lease === null) return 'done';
    if (held && held.lease > now) return 'held';
    this.#sql.exec(
      'INSERT OR REPLACE INTO claims VALUES (?, ?, ?)',
      key,
      now + leaseMs,
      now + KEPT,
    );
    await armSweep(this.ctx.storage);
    return held ? 'lapsed' : 'taken';
  }

  /** It was done, whoever did it: nobody gets it any more. */
  async done(key: string): Promise<void> {
    this.#sql.exec(
      'INSERT INTO claims VALUES (?, NULL, ?) ON CONFLICT (key) DO UPDATE SET lease = NULL',
      key,
      Date.now() + KEPT,
    );
    await armSweep(this.ctx.storage);
  }

  /** It definitely did not happen: the next one may take it anew. What is done stays done. */
  async free(key: string): Promise<void> {
    this.#sql.exec('DELETE FROM claims WHERE key = ? AND lease IS NOT NULL', key);
  }

  /** Nobody knows whether it happened: the lease ends now, so that the next one to ask hears `lapsed`. */
  async lapse(key: string): Promise<void> {
    this.#sql.exec('UPDATE claims SET lease = 0 WHERE key = ? AND lease IS NOT NULL', key);
  }

  override async alarm(): Promise<void> {
    const gone = this.#sql.exec(
      'DELETE FROM claims WHERE key IN (SELECT key FROM claims WHERE until <= ? LIMIT ?) RETURNING 1',
      Date.now(),
      BATCH,
    );
    if (gone.toArray().length === BATCH) await armSweep(this.ctx.storage, 0);
    else if (this.#sql.exec('SELECT 1 FROM claims LIMIT 1').toArray().length > 0)
      await armSweep(this.ctx.storage);
  }
}
