import { allShards, shard } from '../shards.ts';
import type { BatchCounts, BatchNote, OwnBatchCounts } from './batch-states.ts';
import { figuresOf } from './delivery-stats.ts';
import { addCounts, type Counts } from './figures.ts';
import type { MessageRecord } from './lineage.ts';
import type { Messages } from './messages.ts';

/** All that is known of a batch. */
export interface BatchRecord {
  readonly batchId: string;
  /** What callbacks reported, oldest first. */
  readonly reports: readonly BatchNote[];
  /** The counts of its messages, as Signalbox counted them. */
  readonly counts: Counts;
  /** When its first message was heard of, in milliseconds since 1970. */
  readonly firstAt?: number | undefined;
  /** Its messages that failed and were neither delivered nor read; known for 7 days. */
  readonly failed: readonly MessageRecord[];
}

/** Batches of messages. State: `Messages` objects; what callbacks reported is in the shard of the batch's id, its messages are in theirs. */
export interface BatchesClient {
  /**
   * Stores what a callback reported. Where it has no counts, or no reasons for its failures, those of Signalbox are stored
   * with it and returned; a repeated callback gets its first answer.
   */
  note(note: BatchNote): Promise<OwnBatchCounts | undefined>;
  /** Returns what `note` would return, and stores nothing. */
  countsFor(note: BatchNote): Promise<OwnBatchCounts | undefined>;
  /** Returns the batches of a span of time (milliseconds since 1970), the newest first. */
  list(since: number, until: number, limit: number): Promise<readonly BatchRecord[]>;
  /** Returns a batch with at most `failed` failed messages; undefined if nothing is known of it. */
  read(batchId: string, failed: number): Promise<BatchRecord | undefined>;
}

/** Opens the client. */
export function openBatches(namespace: DurableObjectNamespace<Messages>): BatchesClient {
  async function read(batchIds: readonly string[], failed: number): Promise<BatchRecord[]> {
    const shards = await Promise.all(
      allShards(namespace).map((one) => one.batchParts(batchIds, failed)),
    );
    return batchIds.map((batchId, at) => {
      const parts = shards.flatMap((own) => own[at] ?? []);
      const first = parts.flatMap(({ figures }) => (figures ? [figures.firstAt] : []));
      return {
        batchId,
        reports: parts.flatMap(({ reports }) => reports).toSorted((a, b) => a.at - b.at),
        counts: parts.reduce<Counts>(
          (sum, { figures }) => addCounts(sum, figures?.counts ?? {}),
          {},
        ),
        firstAt: first.length > 0 ? Math.min(...first) : undefined,
        failed: parts.flatMap((part) => part.failed).slice(0, failed),
      };
    });
  }

  async function countsFor(note: BatchNote): Promise<OwnBatchCounts | undefined> {
    const { reported, reasons = [] } = note;
    const isCounted = hasCounts(reported);
    if (isCounted && (!reported.failed || reasons.length > 0)) return undefined;
    const known = await shard(namespace, note.batchId).batchReport(note.callbackId);
    if (known) return known.counted;
    const [batch] = await read([note.batchId], 0);
    const own = batch && countedOf(batch.counts);
    return own && isCounted ? { ...reported, reasons: own.reasons } : own;
  }

  return {
    countsFor,
    async note(note) {
      const counted = await countsFor(note);
      return shard(namespace, note.batchId).noteBatch({ ...note, counted });
    },
    async list(since, until, limit) {
      const shards = await Promise.all(
        allShards(namespace).map((one) => one.batches(since, until, limit)),
      );
      const found = await read([...new Set(shards.flat())], 0);
      return found.toSorted((a, b) => newestOf(b) - newestOf(a)).slice(0, limit);
    },
    async read(batchId, failed) {
      const [batch] = await read([batchId], failed);
      return batch && (batch.reports.length > 0 || batch.firstAt !== undefined) ? batch : undefined;
    },
  };
}

const hasCounts = ({ total, successful, failed }: BatchCounts): boolean =>
  [total, successful, failed].some((count) => count !== undefined);

/** Returns when a batch was last reported, or its first message was heard of. */
const newestOf = ({ reports, firstAt = 0 }: BatchRecord): number => reports.at(-1)?.at ?? firstAt;

/** Returns the counts of Signalbox in the words of a batch callback; undefined if no message is known. */
export function countedOf(counts: Counts): OwnBatchCounts | undefined {
  const { failedByReason, failed, reached: successful } = figuresOf(counts);
  // Without a MESSAGE_SUBMIT callback only the reports count.
  const total = Math.max(counts.submitted ?? 0, counts.queued ?? 0, successful + failed);
  if (total === 0) return undefined;
  return { total, successful, failed, reasons: Object.keys(failedByReason) };
}
