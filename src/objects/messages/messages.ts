import { DurableObject } from 'cloudflare:workers';
import { readSettings } from '../../settings/settings.ts';
import { ensureAlarmBy } from '../alarm.ts';
import { type ErasedPeople, openErasedPeople } from '../erased-people.ts';
import type { ReachedNote } from '../recipients/deliveries.ts';
import { passDeliveries } from '../recipients/pass-deliveries.ts';
import { type BatchPart, batchRow } from './batch-part.ts';
import {
  type BatchNote,
  type BatchStates,
  type OwnBatchCounts,
  openBatchStates,
} from './batch-states.ts';
import { type FigureRow, type FigureRows, openFigureRows } from './figure-rows.ts';
import { totalOf } from './figures.ts';
import type {
  Attempt,
  AttemptEnd,
  MessageRecord,
  NotedStatus,
  Origin,
  StatusNote,
  SubmittedNote,
} from './lineage.ts';
import {
  endedAttempt,
  notesOf,
  recordOf,
  withAttempt,
  withStatus,
  withSubmission,
} from './lineage-changes.ts';
import { type LineageRows, openLineages } from './lineage-rows.ts';
import { openReachedOutbox, type ReachedOutbox } from './reached-outbox.ts';
import type { Lineage } from './stored-lineage.ts';

/**
 * How long after a change the figures are counted and deliveries are passed on to their recipients, in milliseconds. Until then the
 * figures are computed when they are read.
 */
const COUNT_AFTER = 5 * 60_000;
/** How long deliveries wait that could not be passed on, in milliseconds. */
const PASS_AGAIN = 60_000;
/** How long an erasure is known here, in milliseconds: no body from before it can be delivered again after that. */
const ERASED_KEPT = 91 * 86_400_000;

/** Above this size (bytes) a shard removes its oldest messages early: a full object, of 10 GB, could store no callback. */
const NEARLY_FULL = 8.5e9;

/**
 * One of 16 shards of messages. A lineage is stored in the shard of its root, in one row. The shard of a resent message's id only
 * holds the id of the root. What a message adds to the figures of delivery follows from its stored reports, so a repeated report
 * adds nothing; an alarm counts for many callbacks at once, and passes on to `Recipients` what reached people.
 *
 * @storage Durable Object Messages | 16 shards by root message: statuses, retries, the submitted
 *   message (encrypted); counts of messages by quarter of an hour, app and channel, and by batch;
 *   what Sinch reported of batches | MESSAGE_SUBMIT, MESSAGE_DELIVERY and BATCH_STATUS_UPDATE
 *   callbacks, `/send`, `retry` | `retry`, `GET /v1/messages`, `GET /v1/delivery-stats`,
 *   `GET /v1/batches` | the submitted message: `MESSAGE_RETENTION` (24 hours) and up to 6 hours more;
 *   counts and batches: 400 days; the rest: 7 days and up to 6 hours more
 */
export class Messages extends DurableObject<Env> {
  readonly #lineages: LineageRows;
  readonly #reached: ReachedOutbox;
  readonly #figures: FigureRows;
  readonly #batches: BatchStates;
  readonly #erased: ErasedPeople;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    this.#lineages = openLineages(sql);
    this.#reached = openReachedOutbox(sql, (reached) => this.#pass(reached));
    this.#figures = openFigureRows(sql);
    this.#batches = openBatchStates(sql);
    this.#erased = openErasedPeople(sql);
  }

  /** Stores a submitted message, and when it was submitted. A resent message is not stored: its root is. Of a person who was erased since, only the time is. */
  async noteSubmitted(messageId: string, note: SubmittedNote): Promise<void> {
    const { sealed, at, until, person = '', whole, appId = '', channel = '', batchId } = note;
    await this.#store(() =>
      this.#lineages.submit(messageId, (before) => {
        if (before.alias) return undefined;
        const known = before.submitted;
        const place = known && known.until > Date.now() ? known : { person, until };
        const isStored = place === known ? whole : !this.#erased.isErased(person, at);
        return {
          lineage: withSubmission(before, { at, appId, channel }, batchId, place),
          place,
          sealed: isStored ? sealed : undefined,
        };
      }),
    );
  }

  /** Removes the submitted messages to people who were erased `at` (milliseconds since 1970), and returns how many. */
  async forget(people: readonly string[], at: number): Promise<number> {
    this.#erased.mark(people, at);
    this.#erased.prune(at - ERASED_KEPT);
    return this.#transaction(() => {
      this.#count(Date.now());
      return this.#lineages.forget(people);
    });
  }

  /** Stores a status, once for each callback, and returns the root of its message. The status of a resent message belongs to the root's shard and is not stored here. */
  async noteStatus(note: StatusNote): Promise<NotedStatus> {
    const root = note.messageId;
    const after = await this.#change(root, (before) =>
      before.alias ? before : withStatus(before, note),
    );
    return after.alias ?? { root, attempt: 0, ...secondsOf(after, note) };
  }

  /** Stores a status in a lineage of this shard. */
  async keepStatus(root: string, note: StatusNote): Promise<Pick<NotedStatus, 'deliverySeconds'>> {
    return secondsOf(await this.#change(root, (before) => withStatus(before, note)), note);
  }

  /** Returns the root of a message: itself, unless `link` recorded another. */
  async rootOf(messageId: string): Promise<Origin> {
    return this.#lineages.read(messageId)?.alias ?? { root: messageId, attempt: 0 };
  }

  /**
   * Records the root of a resent message, once, if all its statuses belong to the root already: `moved` of them, in the order of
   * arrival. Otherwise returns those that the caller has to store there first: who finds the root finds everything in it.
   */
  async link(
    messageId: string,
    root: string,
    attempt: number,
    moved: number,
  ): Promise<StatusNote[]> {
    let left: StatusNote[] = [];
    await this.#change(messageId, (before) => {
      if (before.alias) return before;
      left = notesOf({ ...before, statuses: before.statuses.slice(moved) });
      return left.length > 0 ? before : { ...before, alias: { root, attempt } };
    });
    return left;
  }

  /** Records that attempt `n` starts, and returns what was stored of it before. */
  async startAttempt(
    root: string,
    attempt: { readonly n: number; readonly at: number },
  ): Promise<Attempt | undefined> {
    let known: Attempt | undefined;
    await this.#change(root, (before) => {
      known = before.attempts.find(({ n }) => n === attempt.n);
      return withAttempt(before, { ...attempt, state: 'started' });
    });
    return known;
  }

  /** Records how an attempt ended. An attempt that was sent stays `sent`. */
  async endAttempt(root: string, end: AttemptEnd): Promise<void> {
    await this.#change(root, (before) => withAttempt(before, endedAttempt(end)));
  }

  /** Returns a root message with its statuses and attempts. */
  async read(root: string): Promise<MessageRecord> {
    return this.#read(root);
  }

  /** Returns the sums of figures. `bounds`: where each step begins, and the end of the last, in milliseconds since 1970. */
  async figures(bounds: readonly number[]): Promise<FigureRow[]> {
    return [...this.#figures.sums(bounds, this.#lineages.uncounted().figures)];
  }

  /** Stores what a callback reported of a batch and returns the counts of Signalbox that were stored with it first. */
  async noteBatch(note: BatchNote): Promise<OwnBatchCounts | undefined> {
    return this.#batches.note(note);
  }

  /** Returns what is stored of a callback about a batch. */
  async batchReport(callbackId: string): Promise<BatchNote | undefined> {
    return this.#batches.find(callbackId);
  }

  /** Returns the ids of batches that were reported or counted first in a span of time. */
  async batches(since: number, until: number, limit: number): Promise<string[]> {
    const counted = this.#figures.batches(since, until, limit).map(({ batchId }) => batchId);
    const uncounted = this.#lineages
      .uncounted()
      .batches.filter(({ firstAt }) => firstAt >= since && firstAt < until)
      .map(({ batchId }) => batchId);
    return [...new Set([...this.#batches.batches(since, until, limit), ...uncounted, ...counted])];
  }

  /** Returns what this shard knows of each batch, with at most `failed` of its failed messages. */
  async batchParts(batchIds: readonly string[], failed: number): Promise<BatchPart[]> {
    const uncounted = this.#lineages.uncounted();
    return batchIds.map((batchId) => ({
      figures: batchRow(batchId, this.#figures.batch(batchId), uncounted),
      failed: this.#lineages.failedOf(batchId, failed).map((root) => this.#read(root)),
      reports: this.#batches.of(batchId),
    }));
  }

  /** Returns the size of this shard in bytes. */
  async size(): Promise<number> {
    return this.ctx.storage.sql.databaseSize;
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    const bytes = this.ctx.storage.sql.databaseSize;
    const isFull = bytes > NEARLY_FULL;
    const next = this.#transaction(() => {
      this.#count(now);
      return this.#lineages.prune(now, isFull);
    });
    if (isFull)
      // @event messages.full | A shard of messages is nearly full: what is known of the oldest
      //   messages was removed before its time.
      console.error({ event: 'messages.full', shard: this.ctx.id.name, bytes });
    const isWaiting = await this.#reached.flush();
    const due = [next, isWaiting ? now + PASS_AGAIN : undefined].filter((at) => at !== undefined);
    if (due.length > 0) await ensureAlarmBy(this.ctx.storage, Math.min(...due));
  }

  async #change(id: string, change: (before: Lineage) => Lineage): Promise<Lineage> {
    return this.#store(() => this.#lineages.change(id, change));
  }

  /** Stores a change, and makes sure that the figures are counted soon. */
  async #store<T>(store: () => T): Promise<T> {
    const now = Date.now();
    const outcome = this.#transaction(() => {
      // What is not counted is looked for in the newest table alone.
      if (this.#lineages.isNewPeriod(now)) this.#count(now);
      return store();
    });
    await ensureAlarmBy(this.ctx.storage, now + COUNT_AFTER);
    return outcome;
  }

  /** Passes deliveries on to their recipients. @throws AppError `not_configured` for a wrong setting */
  async #pass(reached: readonly ReachedNote[]): Promise<void> {
    const { RECIPIENTS } = this.env;
    const { jurisdiction } = readSettings(this.env);
    await passDeliveries(
      jurisdiction ? RECIPIENTS.jurisdiction(jurisdiction) : RECIPIENTS,
      reached,
    );
  }

  #count(now: number): void {
    const { figures, batches, reached } = this.#lineages.uncounted();
    this.#reached.add(reached);
    this.#figures.add(figures, now);
    for (const [batchId, own] of Map.groupBy(batches, (one) => one.batchId)) {
      const counts = totalOf(own.flatMap(({ contributions }) => contributions));
      const firstAt = Math.min(...own.map((one) => one.firstAt));
      this.#figures.addToBatch(batchId, counts, firstAt, now);
    }
    this.#lineages.setCounted(now);
  }

  #transaction<T>(work: () => T): T {
    try {
      return this.ctx.storage.transactionSync(work);
    } catch (error) {
      // The tables that it created are gone with it.
      this.#lineages.reload();
      throw error;
    }
  }

  #read(root: string): MessageRecord {
    const lineage = this.#lineages.read(root);
    if (!lineage) return { root, statuses: [], attempts: [], delivered: false };
    return recordOf(root, lineage, this.#lineages.submitted(root, lineage));
  }
}

/** The answer to a report: the seconds as they were known when it was stored. */
function secondsOf(
  { statuses }: Lineage,
  { callbackId }: StatusNote,
): Pick<NotedStatus, 'deliverySeconds'> {
  const seconds = statuses.find((one) => one.callbackId === callbackId)?.seconds;
  return seconds === undefined ? {} : { deliverySeconds: seconds };
}
