import { DurableObject } from 'cloudflare:workers';
import {
  type Attempt,
  type AttemptState,
  isDelivered,
  type MessageRecord,
  type MessageStatus,
  type Origin,
  standingStatus,
} from './lineage.ts';
import { armSweep } from './sweep.ts';

/** A status to keep. `root` only where the lineage is known to lie on this object. */
export interface StatusNote extends MessageStatus {
  readonly root?: string;
}

/** How an attempt ended, or that nobody knows. */
export interface AttemptEnd {
  readonly root: string;
  readonly n: number;
  readonly state: Exclude<AttemptState, 'started'>;
  readonly at: number;
  readonly messageId?: string | undefined;
  readonly reason?: string | undefined;
}

const DAY = 86_400_000;
/** How long a lineage is kept after its newest attempt. */
const LINEAGE_KEPT = 7 * DAY;
const BATCH = 2_000;

type StatusRow = { message_id: string; status: string; at: number; callback_id: string; reason_code: string | null };
type AttemptRow = { n: number; state: AttemptState; at: number; message_id: string | null; reason: string | null };

/** A sixteenth of all messages. A lineage lies with its root; the id of a resent message, which may belong elsewhere, only points to its root. */
export class Messages extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS lineages (root TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS lineages_until ON lineages (until);
      CREATE TABLE IF NOT EXISTS submitted (message_id TEXT PRIMARY KEY, sealed TEXT NOT NULL, until INTEGER NOT NULL);
      CREATE INDEX IF NOT EXISTS submitted_until ON submitted (until);
      CREATE TABLE IF NOT EXISTS aliases (message_id TEXT PRIMARY KEY, root TEXT NOT NULL, attempt INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS aliases_until ON aliases (until);
      CREATE TABLE IF NOT EXISTS statuses (
        root TEXT NOT NULL, callback_id TEXT NOT NULL, message_id TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL, reason_code TEXT,
        PRIMARY KEY (root, callback_id)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS attempts (
        root TEXT NOT NULL, n INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL, message_id TEXT, reason TEXT,
        PRIMARY KEY (root, n)) WITHOUT ROWID;`);
  }

  /** Keeps a submitted message, sealed by the caller, until `until`. A resent one is not kept again: its root is. */
  async noteSubmitted({
    messageId,
    sealed,
    until,
  }: {
    messageId: string;
    sealed: string;
    until: number;
  }): Promise<void> {
    if (this.#alias(messageId)) return;
    this.#sql.exec('INSERT OR IGNORE INTO submitted VALUES (?, ?, ?)', messageId, sealed, until);
    await armSweep(this.ctx.storage);
  }

  /** Keeps a status, once a callback, and says where its message comes from. If that is another root, the status belongs there and is not kept here. */
  async noteStatus(note: StatusNote): Promise<Origin> {
    const origin = this.#alias(note.messageId) ?? { root: note.messageId, attempt: 0 };
    const root = note.root ?? note.messageId;
    if (note.root === undefined && origin.root !== note.messageId) return origin;
    this.#keep(root, note.at);
    const { callbackId, messageId, status, at, reasonCode } = note;
    this.#sql.exec(
      'INSERT OR IGNORE INTO statuses VALUES (?, ?, ?, ?, ?, ?)',
      root,
      callbackId,
      messageId,
      status,
      at,
      reasonCode ?? null,
    );
    await armSweep(this.ctx.storage);
    return origin;
  }

  /** Where a message comes from: itself, unless `link` said otherwise. */
  async rootOf(messageId: string): Promise<Origin> {
    return this.#alias(messageId) ?? { root: messageId, attempt: 0 };
  }

  /** Points a resent message's id to its root, once. Answers the statuses that came for it too early: they belong to the root. */
  async link({
    messageId,
    root,
    attempt,
  }: {
    messageId: string;
    root: string;
    attempt: number;
  }): Promise<MessageStatus[]> {
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

  /** Notes that attempt `n` begins. What was sent stays sent. Answers what was known of the attempt before. */
  async startAttempt({ root, n, at }: { root: string; n: number; at: number }): Promise<Attempt | undefined> {
    const before = this.#attempt(root, n);
    this.#keep(root, at);
    this.#sql.exec(
      `INSERT INTO attempts (root, n, state, at) VALUES (?, ?, 'started', ?)
       ON CONFLICT (root, n) DO UPDATE SET state = 'started', at = excluded.at, reason = NULL WHERE state <> 'sent'`,
      root,
      n,
      at,
    );
    await armSweep(this.ctx.storage);
    return before;
  }

  /** Notes how an attempt ended, or that it was skipped before it began. What was sent stays sent. */
  async endAttempt({ root, n, state, at, messageId, reason }: AttemptEnd): Promise<void> {
    this.#keep(root, at);
    this.#sql.exec(
      `INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (root, n) DO UPDATE SET state = excluded.state, at = excluded.at, message_id = excluded.message_id, reason = excluded.reason WHERE state <> 'sent'`,
      root,
      n,
      state,
      at,
      messageId ?? null,
      reason ?? null,
    );
    await armSweep(this.ctx.storage);
  }

  /** Everything known of a root and of what was sent in its place. */
  async read(root: string): Promise<MessageRecord> {
    const [submitted] = this.#sql.exec<{ sealed: string }>('SELECT sealed FROM submitted WHERE message_id = ?', root);
    const statuses = this.#statuses(root);
    const attempts = this.#sql
      .exec<AttemptRow>('SELECT n, state, at, message_id, reason FROM attempts WHERE root = ? ORDER BY n', root)
      .toArray()
      .map(attemptOf);
    const status = standingStatus(statuses, attempts.findLast(({ messageId }) => messageId)?.messageId ?? root);
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
    const now = Date.now();
    const removed = this.ctx.storage.transactionSync(() => {
      const roots = this.#prune('lineages', 'root', now);
      for (const root of roots) {
        this.#sql.exec('DELETE FROM statuses WHERE root = ?', root);
        this.#sql.exec('DELETE FROM attempts WHERE root = ?', root);
      }
      return [
        roots.length,
        this.#prune('submitted', 'message_id', now).length,
        this.#prune('aliases', 'message_id', now).length,
      ];
    });
    const left =
      this.#sql
        .exec('SELECT 1 FROM lineages UNION ALL SELECT 1 FROM submitted UNION ALL SELECT 1 FROM aliases LIMIT 1')
        .toArray().length > 0;
    if (left) await armSweep(this.ctx.storage, removed.includes(BATCH) ? 0 : undefined);
  }

  #prune(table: 'lineages' | 'submitted' | 'aliases', key: 'root' | 'message_id', now: number): string[] {
    return this.#sql
      .exec<{ key: string }>(
        `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE until <= ? LIMIT ?) RETURNING ${key} AS key`,
        now,
        BATCH,
      )
      .toArray()
      .map(({ key: gone }) => gone);
  }

  /** Keeps a lineage for its time. Pushed on at most once a day: each status would cost two writes more. */
  #keep(root: string, at: number): void {
    this.#sql.exec(
      'INSERT INTO lineages VALUES (?, ?) ON CONFLICT (root) DO UPDATE SET until = excluded.until WHERE excluded.until > until + ?',
      root,
      at + LINEAGE_KEPT,
      DAY,
    );
  }

  #alias(messageId: string): Origin | undefined {
    return this.#sql
      .exec<{ root: string; attempt: number }>('SELECT root, attempt FROM aliases WHERE message_id = ?', messageId)
      .toArray()[0];
  }

  #attempt(root: string, n: number): Attempt | undefined {
    const [row] = this.#sql.exec<AttemptRow>(
      'SELECT n, state, at, message_id, reason FROM attempts WHERE root = ? AND n = ?',
      root,
      n,
    );
    return row && attemptOf(row);
  }

  #statuses(root: string): MessageStatus[] {
    return this.#sql
      .exec<StatusRow>('SELECT * FROM statuses WHERE root = ? ORDER BY at, callback_id', root)
      .toArray()
      .map(({ message_id, status, at, callback_id, reason_code }) => ({
        messageId: message_id,
        status,
        at,
        callbackId: callback_id,
        ...(reason_code !== null && { reasonCode: reason_code }),
      }));
  }
}

const attemptOf = ({ n, state, at, message_id, reason }: AttemptRow): Attempt => ({
  n,
  state,
  at,
  ...(message_id !== null && { messageId: message_id }),
  ...(reason !== null && { reason }),
});
