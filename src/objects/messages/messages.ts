import { DurableObject } from 'cloudflare:workers';
import { ensureAlarm } from '../alarm.ts';
import { type ErasedPeople, openErasedPeople } from '../erased-people.ts';
import { type AttemptEnd, type Attempts, openAttempts } from './attempts.ts';
import {
  type BatchCounts,
  type BatchNote,
  type BatchStates,
  openBatchStates,
} from './batch-states.ts';
import { type BatchRow, type FigureRow, type FigureRows, openFigureRows } from './figure-rows.ts';
import {
  type Attempt,
  currentStatus,
  isDelivered,
  type MessageRecord,
  type NotedStatus,
  type Origin,
  type StatusNote,
} from './lineage.ts';
import { type LineageRows, openLineages } from './lineage-rows.ts';
import { recount } from './recount.ts';

/** How many rows of a table one alarm removes. */
const BATCH = 2_000;
/** How long an erasure is known here, in milliseconds: no body from before it can be delivered again after that. */
const ERASED_KEPT = 91 * 86_400_000;

/** A submitted message to store: `sealed` is encrypted by the caller and kept until `until`. */
export interface SubmittedNote {
  readonly sealed: string;
  readonly at: number;
  readonly until: number;
  readonly person?: string | undefined;
  /** It contains the whole request, and replaces what a callback reported before. */
  readonly whole?: boolean | undefined;
  readonly appId?: string | undefined;
  readonly channel?: string | undefined;
  readonly batchId?: string | undefined;
}

/** What a shard knows of a batch. */
export interface BatchPart {
  readonly figures: BatchRow | undefined;
  /** Its messages that failed and were neither delivered nor read. */
  readonly failed: readonly MessageRecord[];
  /** What callbacks reported, oldest first. */
  readonly reports: readonly BatchNote[];
}

/**
 * One of 16 shards of messages. A lineage is stored in the shard of its root. The shard of a resent
 * message's id only holds the id of the root. The figures of delivery are counted in the same calls:
 * what a message adds to them follows from its stored reports, so a repeated report adds nothing.
 *
 * @storage Durable Object Messages | 16 shards by root message: statuses, retries, the submitted
 *   message (encrypted); counts of messages by quarter of an hour, app and channel, and by batch;
 *   what Sinch reported of batches | MESSAGE_SUBMIT, MESSAGE_DELIVERY and BATCH_STATUS_UPDATE
 *   callbacks, `/send`, `retry` | `retry`, `GET /v1/messages`, `GET /v1/delivery-stats`,
 *   `GET /v1/batches` | the submitted message: `MESSAGE_RETENTION` (24 hours); counts and batches:
 *   400 days; the rest: 7 days
 */
export class Messages extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #lineages: LineageRows;
  readonly #attempts: Attempts;
  readonly #figures: FigureRows;
  readonly #batches: BatchStates;
  readonly #erased: ErasedPeople;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS submitted (id TEXT PRIMARY KEY, sealed TEXT NOT NULL, until INTEGER NOT NULL, person TEXT);
      CREATE INDEX IF NOT EXISTS submitted_person ON submitted (person);
      CREATE INDEX IF NOT EXISTS submitted_until ON submitted (until);`);
    this.#lineages = openLineages(this.#sql);
    this.#attempts = openAttempts(this.#sql);
    this.#figures = openFigureRows(this.#sql);
    this.#batches = openBatchStates(this.#sql);
    this.#erased = openErasedPeople(this.#sql);
  }

  /** Stores a submitted message, and when it was submitted. A resent message is not stored: its root is. Of a person who was erased since, only the time is. */
  async noteSubmitted(messageId: string, note: SubmittedNote): Promise<void> {
    if (this.#lineages.alias(messageId)) return;
    const { sealed, at, until, person, whole, appId = '', channel = '', batchId } = note;
    this.#recount(messageId, () => {
      if (person === undefined || !this.#erased.isErased(person, at))
        this.#sql.exec(
          `INSERT INTO submitted VALUES (?, ?, ?, ?) ON CONFLICT DO ${whole ? 'UPDATE SET sealed = excluded.sealed' : 'NOTHING'}`,
          ...[messageId, sealed, until, person ?? null],
        );
      this.#lineages.addSubmission(messageId, { at, appId, channel }, batchId);
    });
    await ensureAlarm(this.ctx.storage);
  }

  /** Removes the submitted messages to people who were erased `at` (milliseconds since 1970), and returns how many. */
  async forget(people: readonly string[], at: number): Promise<number> {
    this.#erased.mark(people, at);
    this.#erased.prune(at - ERASED_KEPT);
    return this.#sql
      .exec(
        'DELETE FROM submitted WHERE person IN (SELECT value FROM json_each(?)) RETURNING id',
        JSON.stringify(people),
      )
      .toArray().length;
  }

  /** Stores a status, once for each callback, and returns the root of its message. The status of a resent message belongs to the root's shard and is not stored here. */
  async noteStatus(note: StatusNote): Promise<NotedStatus> {
    const origin = await this.rootOf(note.messageId);
    if (origin.root !== note.messageId) return origin;
    return { ...origin, ...(await this.keepStatus(origin.root, note)) };
  }

  /** Stores a status in a lineage of this shard. */
  async keepStatus(root: string, note: StatusNote): Promise<Pick<NotedStatus, 'deliverySeconds'>> {
    this.#recount(root, () => this.#lineages.addStatus(root, note));
    await ensureAlarm(this.ctx.storage);
    const deliverySeconds = this.#lineages.secondsOf(root, note.callbackId);
    return deliverySeconds === undefined ? {} : { deliverySeconds };
  }

  /** Returns the root of a message: itself, unless `link` recorded another. */
  async rootOf(messageId: string): Promise<Origin> {
    return this.#lineages.alias(messageId) ?? { root: messageId, attempt: 0 };
  }

  /** Records the root of a resent message, once. Returns the statuses that arrived for it before: they belong to the root, and no longer count here. */
  async link(messageId: string, root: string, attempt: number): Promise<StatusNote[]> {
    const batchId = this.#lineages.batchOf(messageId);
    this.#recount(messageId, () => this.#lineages.addAlias(messageId, { root, attempt }));
    await ensureAlarm(this.ctx.storage);
    const early = this.#lineages.statuses(messageId);
    return early.map((status) => ({ ...status, ...(batchId !== undefined && { batchId }) }));
  }

  /** Records that attempt `n` starts, and returns what was stored of it before. */
  async startAttempt(
    root: string,
    attempt: { readonly n: number; readonly at: number },
  ): Promise<Attempt | undefined> {
    const before = this.#attempts.start(root, attempt);
    this.#lineages.extend(root, attempt.at);
    await ensureAlarm(this.ctx.storage);
    return before;
  }

  /** Records how an attempt ended. An attempt that was sent stays `sent`. */
  async endAttempt(root: string, end: AttemptEnd): Promise<void> {
    this.#attempts.end(root, end);
    this.#lineages.extend(root, end.at);
    await ensureAlarm(this.ctx.storage);
  }

  /** Returns a root message with its statuses and attempts. */
  async read(root: string): Promise<MessageRecord> {
    return this.#read(root);
  }

  /** Returns the sums of figures. `bounds`: where each step begins, and the end of the last, in milliseconds since 1970. */
  async figures(bounds: readonly number[]): Promise<FigureRow[]> {
    return [...this.#figures.sums(bounds)];
  }

  /** Stores what a callback reported of a batch and returns the counts of Signalbox that were stored with it first. */
  async noteBatch(note: BatchNote): Promise<BatchCounts | undefined> {
    return this.#batches.note(note);
  }

  /** Returns what is stored of a callback about a batch. */
  async batchReport(callbackId: string): Promise<BatchNote | undefined> {
    return this.#batches.find(callbackId);
  }

  /** Returns the ids of batches that were reported or counted first in a span of time. */
  async batches(since: number, until: number, limit: number): Promise<string[]> {
    const counted = this.#figures.batches(since, until, limit).map(({ batchId }) => batchId);
    return [...new Set([...this.#batches.batches(since, until, limit), ...counted])];
  }

  /** Returns what this shard knows of each batch, with at most `failed` of its failed messages. */
  async batchParts(batchIds: readonly string[], failed: number): Promise<BatchPart[]> {
    return batchIds.map((batchId) => ({
      figures: this.#figures.batch(batchId),
      failed: this.#lineages.failedOf(batchId, failed).map((root) => this.#read(root)),
      reports: this.#batches.of(batchId),
    }));
  }

  #read(root: string): MessageRecord {
    const [submitted] = this.#sql.exec<{ sealed: string }>(
      'SELECT sealed FROM submitted WHERE id = ?',
      root,
    );
    const statuses = this.#lineages.statuses(root);
    const attempts = this.#attempts.of(root);
    const status = currentStatus(
      statuses,
      attempts.findLast(({ messageId }) => messageId)?.messageId ?? root,
    );
    const failed = statuses.find((seen) => seen.status === 'FAILED');
    const submission = this.#lineages.submission(root);
    const batchId = this.#lineages.batchOf(root);
    return {
      root,
      ...(submitted && { submitted: submitted.sealed }),
      ...(submission && { submission }),
      ...(batchId !== undefined && { batchId }),
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
        this.#lineages.forget(root);
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

  #recount(root: string, change: () => void): void {
    this.ctx.storage.transactionSync(() => recount(root, this.#lineages, this.#figures, change));
  }
}
