import { DurableObject } from 'cloudflare:workers';
import { ensureAlarmBy, setAlarm } from '../alarm.ts';
import { openPeriods, type Periods } from '../periods.ts';
import { type KeyState, openRequestKeys, type RequestKeys } from './request-keys.ts';

/**
 * The result of a claim. `taken`: the caller may run the effect. `held`: another caller runs it.
 * `done`: it was done. `lapsed`: the caller may run it, but an earlier lease ended with an unknown outcome.
 */
export type Claim = 'taken' | 'held' | 'done' | 'lapsed';

const DAY = 86_400_000;
/** How long a claim is kept, in milliseconds: longer than queues, dead letters and Sinch redeliver an effect. Its table goes up to a day later. */
const RETENTION = 7 * DAY;
/** How many keys of requests one alarm deletes. */
const BATCH = 5_000;

/** A claim; without a lease it is done. */
type Row = { lease: number | null; holder: string | null };

/**
 * One of 16 shards of claims: each effect is claimed before it runs, so that it runs once. So is a
 * request with an Idempotency-Key.
 *
 * @storage Durable Object Claims | 16 shards: which effects are executed; for requests with an
 *   Idempotency-Key, keyed hashes of key and body, and the answer (encrypted) | every effect;
 *   `/send` | every effect; `/send` | 7 days and up to a day more; keys 24 hours
 */
export class Claims extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #claims: Periods;
  readonly #keys: RequestKeys;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#claims = openPeriods(
      this.#sql,
      'claims',
      'key TEXT PRIMARY KEY, lease INTEGER, holder TEXT',
    );
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
    if (state.state === 'begun') await this.#arm();
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
    const held = this.#find(key);
    if (held?.lease === null) return 'done';
    if (held && held.lease > now) return 'held';
    await this.#write(key, { lease: now + leaseMs, holder });
    return held ? 'lapsed' : 'taken';
  }

  /** Records that the effect was done, even if another holder has the claim now. It cannot be claimed again. */
  async done(key: string): Promise<void> {
    await this.#write(key, { lease: null, holder: null });
  }

  /**
   * Records that the effect did not happen: it can be claimed again. What is done stays done. A
   * holder whose lease expired changes nothing once another try has claimed the key.
   */
  async free(key: string, holder: string): Promise<void> {
    if (!this.#isHeldBy(key, holder)) return;
    for (const table of this.#claims.all())
      this.#sql.exec(`DELETE FROM ${table} WHERE key = ?`, key);
  }

  /**
   * Ends the lease of an effect whose outcome is unknown: the next claim returns `lapsed`. A holder
   * whose lease expired changes nothing once another try has claimed the key.
   */
  async lapse(key: string, holder: string): Promise<void> {
    if (this.#isHeldBy(key, holder)) await this.#write(key, { lease: 0, holder });
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    this.#claims.drop(Math.floor((now - RETENTION) / DAY));
    if (this.#keys.prune(now, BATCH) === BATCH) await setAlarm(this.ctx.storage, now);
    else await this.#arm();
  }

  #find(key: string): Row | undefined {
    for (const table of this.#claims.all()) {
      const text = `SELECT lease, holder FROM ${table} WHERE key = ?`;
      const [row] = this.#sql.exec<Row>(text, key).toArray();
      if (row) return row;
    }
    return undefined;
  }

  #isHeldBy(key: string, holder: string): boolean {
    const row = this.#find(key);
    return row !== undefined && row.lease !== null && row.holder === holder;
  }

  async #write(key: string, { lease, holder }: Row): Promise<void> {
    const newest = this.#claims.newest();
    const day = Math.max(newest ?? 0, Math.floor(Date.now() / DAY));
    this.#sql.exec(
      `INSERT INTO ${this.#claims.table(day)} VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE
       SET lease = excluded.lease, holder = excluded.holder`,
      ...[key, lease, holder],
    );
    if (day !== newest) await this.#arm();
  }

  /** Sets the alarm to when something is old first. An alarm that is set costs a row, so it is set once for each table. */
  async #arm(): Promise<void> {
    const oldest = this.#claims.oldest();
    const due = [
      oldest === undefined ? undefined : (oldest + 1) * DAY + RETENTION,
      this.#keys.next(),
    ].filter((at) => at !== undefined);
    if (due.length > 0) await ensureAlarmBy(this.ctx.storage, Math.min(...due));
  }
}
