import { DurableObject } from 'cloudflare:workers';
import { ensureAlarm } from '../alarm.ts';
import { type AttemptEnd, type Attempts, openAttempts } from './attempts.ts';
import {
  type Attempt,
  currentStatus,
  isDelivered,
  type MessageRecord,
  type MessageStatus,
  type Origin,
} from './lineage.ts';

const DAY = 86_400_000;
/** How long a lineage is kept after its newest attempt, in milliseconds. */
const LINEAGE_RETENTION = 7 * DAY;
/** How many rows of a table one alarm removes. */
const BATCH = 2_000;

type StatusRow = {
  message_id: string;
  status: string;
  at: number;
  callback_id: string;
  reason_code: string | null;
};

/**
 * One of 16 shards of messages. A lineage is stored in the shard of its root. The shard of a resent
 * message's id only holds the id of the root.
 *
 * @storage Durable Object Messages | 16 shards by root message: statuses, retries, the submitted
 *   message (encrypted) | MESSAGE_SUBMIT and MESSAGE_DELIVERY callbacks, `/send`, `retry` |
 *   `retry`, `GET /v1/messages/{id}` | the submitted message: `MESSAGE_RETENTION` (24 hours); the
 *   rest: 7 days
 */
export class Messages extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #attempts: Attempts;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS submitted (id TEXT PRIMARY KEY, sealed TEXT NOT NULL, until INTEGER NOT NULL, person TEXT);
      CREATE INDEX IF NOT EXISTS submitted_person ON submitted (person);
      CREATE INDEX IF NOT EXISTS submitted_until ON submitted (until);
      CREATE TABLE IF NOT EXISTS aliases (id TEXT PRIMARY KEY, root TEXT NOT NULL, attempt INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS aliases_until ON aliases (until);
      CREATE TABLE IF NOT EXISTS lineages (id TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS lineages_until ON lineages (until);
      CREATE TABLE IF NOT EXISTS statuses (
        root TEXT NOT NULL, callback_id TEXT NOT NULL, message_id TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL, reason_code TEXT,
        PRIMARY KEY (root, callback_id)) WITHOUT ROWID;`);
    this.#attempts = openAttempts(this.#sql);
  }

  /** Stores a submitted message, encrypted by the caller, until `until`. A resent message is not stored: its root is. */
  async noteSubmitted(
    messageId: string,
    sealed: string,
    until: number,
    person?: string,
    whole = false,
  ): Promise<void> {
    if (this.#alias(messageId)) return;
    this.#sql.exec(
      `INSERT INTO submitted VALUES (?, ?, ?, ?) ON CONFLICT DO ${whole ? 'UPDATE SET sealed = excluded.sealed' : 'NOTHING'}`,
      ...[messageId, sealed, until, person ?? null],
    );
    await ensureAlarm(this.ctx.storage);
  }

  /** Removes the submitted messages to these people and returns how many. */
  async forget(people: readonly string[]): Promise<number> {
    return this.#sql
      .exec(
        'DELETE FROM submitted WHERE person IN (SELECT value FROM json_each(?)) RETURNING id',
        JSON.stringify(people),
      )
      .toArray().length;
  }

  /** Stores a status, once for each callback, and returns the root of its message. The status of a resent message belongs to the root's shard and is not stored here. */
  async noteStatus(note: MessageStatus): Promise<Origin> {
    const origin = await this.rootOf(note.messageId);
    if (origin.root === note.messageId) await this.keepStatus(origin.root, note);
    return origin;
  }

  /** Stores a status in a lineage of this shard. */
  async keepStatus(
    root: string,
    { callbackId, messageId, status, at, reasonCode }: MessageStatus,
  ): Promise<void> {
    this.#sql.exec(
      'INSERT OR IGNORE INTO statuses VALUES (?, ?, ?, ?, ?, ?)',
      root,
      callbackId,
      messageId,
      status,
      at,
      reasonCode ?? null,
    );
    await this.#keep(root, at);
  }

  /** Returns the root of a message: itself, unless `link` recorded another. */
  async rootOf(messageId: string): Promise<Origin> {
    return this.#alias(messageId) ?? { root: messageId, attempt: 0 };
  }

  /** Records the root of a resent message, once. Returns the statuses that arrived for it before: they belong to the root. */
  async link(messageId: string, root: string, attempt: number): Promise<MessageStatus[]> {
    this.#sql.exec(
      'INSERT OR IGNORE INTO aliases VALUES (?, ?, ?, ?)',
      messageId,
      root,
      attempt,
      Date.now() + LINEAGE_RETENTION,
    );
    await ensureAlarm(this.ctx.storage);
    return this.#statuses(messageId);
  }

  /** Records that attempt `n` starts, and returns what was stored of it before. */
  async startAttempt(
    root: string,
    attempt: { readonly n: number; readonly at: number },
  ): Promise<Attempt | undefined> {
    const before = this.#attempts.start(root, attempt);
    await this.#keep(root, attempt.at);
    return before;
  }

  /** Records how an attempt ended. An attempt that was sent stays `sent`. */
  async endAttempt(root: string, end: AttemptEnd): Promise<void> {
    this.#attempts.end(root, end);
    await this.#keep(root, end.at);
  }

  /** Returns a root message with its statuses and attempts. */
  async read(root: string): Promise<MessageRecord> {
    const [submitted] = this.#sql.exec<{ sealed: string }>(
      'SELECT sealed FROM submitted WHERE id = ?',
      root,
    );
    const statuses = this.#statuses(root);
    const attempts = this.#attempts.of(root);
    const status = currentStatus(
      statuses,
      attempts.findLast(({ messageId }) => messageId)?.messageId ?? root,
    );
    const failed = statuses.find((seen) => seen.status === 'FAILED');
    return {
      root,
      ...(submitted && { submitted: submitted.sealed }),
      ...(status && { status }),
      statuses,
      attempts,
      delivered: statuses.some((seen) => isDelivered(seen.status)),
      ...(failed && { firstFailedAt: failed.at }),
    };
  }

  override async alarm(): Promise<void> {
    const [lineages, submitted, aliases] = this.ctx.storage.transactionSync(() => {
      const roots = this.#prune('lineages');
      for (const root of roots) {
        this.#sql.exec('DELETE FROM statuses WHERE root = ?', root);
        this.#attempts.forget(root);
      }
      return [roots, this.#prune('submitted'), this.#prune('aliases')];
    });
    const more = [lineages, submitted, aliases].some((gone) => gone?.length === BATCH);
    const kept =
      'SELECT 1 FROM lineages UNION ALL SELECT 1 FROM submitted UNION ALL SELECT 1 FROM aliases LIMIT 1';
    if (this.#sql.exec(kept).toArray().length > 0)
      await ensureAlarm(this.ctx.storage, more ? 0 : undefined);
  }

  #prune(table: 'lineages' | 'submitted' | 'aliases'): string[] {
    const past = `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE until <= ? LIMIT ?) RETURNING id`;
    return this.#sql
      .exec<{ id: string }>(past, Date.now(), BATCH)
      .toArray()
      .map(({ id }) => id);
  }

  /** Extends the retention of a lineage, at most once a day: each extension costs two writes. */
  async #keep(root: string, at: number): Promise<void> {
    this.#sql.exec(
      `INSERT INTO lineages VALUES (?, ?) ON CONFLICT (id) DO UPDATE
       SET until = excluded.until WHERE excluded.until > until + ${DAY}`,
      root,
      at + LINEAGE_RETENTION,
    );
    await ensureAlarm(this.ctx.storage);
  }

  #alias(messageId: string): Origin | undefined {
    return this.#sql
      .exec<{ root: string; attempt: number }>(
        'SELECT root, attempt FROM aliases WHERE id = ?',
        messageId,
      )
      .toArray()[0];
  }

  /** Oldest first. */
  #statuses(root: string): MessageStatus[] {
    const rows = this.#sql
      .exec<StatusRow>('SELECT * FROM statuses WHERE root = ? ORDER BY at, callback_id', root)
      .toArray();
    return rows.map(({ message_id, status, at, callback_id, reason_code }) => ({
      messageId: message_id,
      status,
      at,
      callbackId: callback_id,
      ...(reason_code !== null && { reasonCode: reason_code }),
    }));
  }
}
