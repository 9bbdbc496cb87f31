import { DurableObject } from 'cloudflare:workers';
import { armSweep } from '../alarm.ts';
import { type AttemptEnd, type Attempts, openAttempts } from './attempts.ts';
import {
  type Attempt,
  isDelivered,
  type MessageRecord,
  type MessageStatus,
  type Origin,
  standingStatus,
} from './lineage.ts';

const DAY = 86_400_000;
/** How long a lineage is kept after its newest attempt. */
const LINEAGE_KEPT = 7 * DAY;
/** How many rows of a kind one sweep removes. */
const BATCH = 2_000;

type StatusRow = {
  message_id: string;
  status: string;
  at: number;
  callback_id: string;
  reason_code: string | null;
};

/**
 * A sixteenth of all messages. A lineage lies with its root; the id of a resent message, which may belong to another object,
 * only points to its root.
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

  /** Keeps a submitted message, sealed by the caller, until `until`. A resent one is not kept again: its root is. */
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
    await armSweep(this.ctx.storage);
  }

  /** Forgets the submitted messages to these people. Says how many. */
  async forget(people: readonly string[]): Promise<number> {
    return this.#sql
      .exec(
        'DELETE FROM submitted WHERE person IN (SELECT value FROM json_each(?)) RETURNING id',
        JSON.stringify(people),
      )
      .toArray().length;
  }

  /**
   * Keeps a status, once a callback, and says where its message comes from. Where that is another root, the status belongs
   * there and is not kept here.
   */
  async noteStatus(note: MessageStatus): Promise<Origin> {
    const origin = await this.rootOf(note.messageId);
    if (origin.root === note.messageId) await this.keepStatus(origin.root, note);
    return origin;
  }

  /** Keeps a status in a lineage that lies here. */
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

  /** Where a message comes from: itself, unless `link` said otherwise. */
  async rootOf(messageId: string): Promise<Origin> {
    return this.#alias(messageId) ?? { root: messageId, attempt: 0 };
  }

  /** Points a resent message's id to its root, once. Answers the statuses that came for it too early: they belong to the root. */
  async link(messageId: string, root: string, attempt: number): Promise<MessageStatus[]> {
    this.#sql.exec(
      'INSERT OR IGNORE INTO aliases VALUES (?, ?, ?, ?)',
      messageId,
      root,
      attempt,
      Date.now() + LINEAGE_KEPT,
    );
    await armSweep(this.ctx.storage);
    return this.#statuses(messageId);
  }

  /** Notes that attempt `n` begins, and answers what was known of it before. */
  async startAttempt(
    root: string,
    attempt: { readonly n: number; readonly at: number },
  ): Promise<Attempt | undefined> {
    const before = this.#attempts.start(root, attempt);
    await this.#keep(root, attempt.at);
    return before;
  }

  /** Notes how an attempt ended. What was sent stays sent. */
  async endAttempt(root: string, end: AttemptEnd): Promise<void> {
    this.#attempts.end(root, end);
    await this.#keep(root, end.at);
  }

  /** Everything known of a root and of what was sent in its place. */
  async read(root: string): Promise<MessageRecord> {
    const [submitted] = this.#sql.exec<{ sealed: string }>(
      'SELECT sealed FROM submitted WHERE id = ?',
      root,
    );
    const statuses = this.#statuses(root);
    const attempts = this.#attempts.of(root);
    const status = standingStatus(
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
      await armSweep(this.ctx.storage, more ? 0 : undefined);
  }

  #prune(table: 'lineages' | 'submitted' | 'aliases'): string[] {
    const past = `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE until <= ? LIMIT ?) RETURNING id`;
    return this.#sql
      .exec<{ id: string }>(past, Date.now(), BATCH)
      .toArray()
      .map(({ id }) => id);
  }

  /** Keeps a lineage for its time. Pushed on at most once a day: otherwise each status would cost two writes more. */
  async #keep(root: string, at: number): Promise<void> {
    this.#sql.exec(
      `INSERT INTO lineages VALUES (?, ?) ON CONFLICT (id) DO UPDATE
       SET until = excluded.until WHERE excluded.until > until + ${DAY}`,
      root,
      at + LINEAGE_KEPT,
    );
    await armSweep(this.ctx.storage);
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
