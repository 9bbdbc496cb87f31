import { DurableObject } from 'cloudflare:workers';
import { ensureAlarm } from '../alarm.ts';
import { type KeyState, openRequestKeys, type RequestKeys } from './request-keys.ts';

/**
 * The result of a claim. `taken`: the caller may run the effect. `held`: another caller runs it.
 * `done`: it was done. `lapsed`: the caller may run it, but an earlier lease ended with an unknown outcome.
 */
export type Claim = 'taken' | 'held' | 'done' | 'lapsed';

/** How long a claim is kept, in milliseconds: longer than queues, dead letters and Sinch redeliver an effect. */
const RETENTION = 7 * 86_400_000;
const BATCH = 5_000;

/**
 * One of 16 shards of claims: each effect is claimed before it runs, so that it runs once. So is a
 * request with an Idempotency-Key.
 *
 * @storage Durable Object Claims | 16 shards: which effects are executed; for requests with an
 *   Idempotency-Key, keyed hashes of key and body, and the answer (encrypted) | every effect;
 *   `/send` | every effect; `/send` | 7 days; keys 24 hours
 */
export class Claims extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #keys: RequestKeys;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, lease INTEGER, until INTEGER NOT NULL, holder TEXT) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS claims_until ON claims (until);`);
    this.#keys = openRequestKeys(this.#sql);
  }

  /** Begins the request of a key, or returns what is known of it. Times are in milliseconds. */
  async beginRequest(
    key: string,
    print: string,
    leaseMs: number,
    now: number,
    holder: string,
  ): Promise<KeyState> {
    const state = this.#keys.begin(key, print, leaseMs, now, holder);
    if (state.state === 'begun') await ensureAlarm(this.ctx.storage);
    return state;
  }

  /** Stores the answer of a request: the key is used up. */
  async endRequest(key: string, holder: string, answer: string): Promise<void> {
    this.#keys.end(key, holder, answer);
  }

  /** Records that a request did nothing: its key may be used again. */
  async freeRequest(key: string, holder: string): Promise<void> {
    this.#keys.free(key, holder);
  }

  /**
   * Claims `key` for `leaseMs` from `now`, both in milliseconds.
   * @param holder the fencing token of this try: unique, and needed to give the claim up
   */
  async take(key: string, leaseMs: number, now: number, holder: string): Promise<Claim> {
    const [held] = this.#sql.exec<{ lease: number | null }>(
      'SELECT lease FROM claims WHERE key = ?',
      key,
    );
    if (held?.lease === null) return 'done';
    if (held && held.lease > now) return 'held';
    this.#sql.exec(
      'INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)',
      key,
      now + leaseMs,
      now + RETENTION,
      holder,
    );
    await ensureAlarm(this.ctx.storage);
    return held ? 'lapsed' : 'taken';
  }

  /** Records that the effect was done, even if another holder has the claim now. It cannot be claimed again. */
  async done(key: string): Promise<void> {
    this.#sql.exec(
      'INSERT INTO claims VALUES (?, NULL, ?, NULL) ON CONFLICT (key) DO UPDATE SET lease = NULL',
      key,
      Date.now() + RETENTION,
    );
    await ensureAlarm(this.ctx.storage);
  }

  /**
   * Records that the effect did not happen: it can be claimed again. What is done stays done. A
   * holder whose lease expired changes nothing once another try has claimed the key.
   */
  async free(key: string, holder: string): Promise<void> {
    this.#sql.exec(
      'DELETE FROM claims WHERE key = ? AND holder = ? AND lease IS NOT NULL',
      key,
      holder,
    );
  }

  /**
   * Ends the lease of an effect whose outcome is unknown: the next claim returns `lapsed`. A holder
   * whose lease expired changes nothing once another try has claimed the key.
   */
  async lapse(key: string, holder: string): Promise<void> {
    this.#sql.exec(
      'UPDATE claims SET lease = 0 WHERE key = ? AND holder = ? AND lease IS NOT NULL',
      key,
      holder,
    );
  }

  override async alarm(): Promise<void> {
    const gone = this.#sql.exec(
      'DELETE FROM claims WHERE key IN (SELECT key FROM claims WHERE until <= ? LIMIT ?) RETURNING 1',
      Date.now(),
      BATCH,
    );
    const keys = this.#keys.prune(Date.now(), BATCH);
    if (gone.toArray().length === BATCH || keys.pruned === BATCH)
      await ensureAlarm(this.ctx.storage, 0);
    else if (keys.left || this.#sql.exec('SELECT 1 FROM claims LIMIT 1').toArray().length > 0)
      await ensureAlarm(this.ctx.storage);
  }
}
