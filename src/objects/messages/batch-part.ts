import type { BatchNote } from './batch-states.ts';
import type { BatchRow } from './figure-rows.ts';
import { addCounts, totalOf } from './figures.ts';
import type { MessageRecord } from './lineage.ts';
import type { Uncounted } from './uncounted.ts';

/** What a shard knows of a batch. */
export interface BatchPart {
  readonly figures: BatchRow | undefined;
  /** Its messages that failed and were neither delivered nor read. */
  readonly failed: readonly MessageRecord[];
  /** What callbacks reported, oldest first. */
  readonly reports: readonly BatchNote[];
}

/** Returns the figures of a batch, with what is not counted. */
export function batchRow(
  batchId: string,
  stored: BatchRow | undefined,
  { batches }: Pick<Uncounted, 'batches'>,
): BatchRow | undefined {
  const own = batches.filter((one) => one.batchId === batchId);
  if (own.length === 0) return stored;
  const counts = totalOf(own.flatMap(({ contributions }) => contributions));
  const firsts = [...(stored ? [stored.firstAt] : []), ...own.map(({ firstAt }) => firstAt)];
  return {
    batchId,
    firstAt: Math.min(...firsts),
    counts: addCounts(stored?.counts ?? {}, counts),
  };
}
