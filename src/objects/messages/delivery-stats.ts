import { percentileOf } from './durations.ts';
import type { FigureRow } from './figure-rows.ts';
import { addCounts, type Counts } from './figures.ts';

/** Seconds from the submission, at most 7.3 % off. */
export interface Seconds {
  readonly p50: number;
  readonly p95: number;
  /** How many messages they are of. */
  readonly messages: number;
}

/** The figures of delivery. Every count is of messages: a message counts once, with all its reports and retries. */
export interface Figures {
  readonly submitted: number;
  readonly queued: number;
  readonly delivered: number;
  readonly read: number;
  readonly failed: number;
  readonly failedByReason: Readonly<Record<string, number>>;
  readonly switched: number;
  /** Delivered or read: a READ may come without a DELIVERED. */
  readonly reached: number;
  /** Reached after a failure, by a retry. */
  readonly recovered: number;
  /** Reached, of those that were reached or failed. */
  readonly successRate: number | undefined;
  /** Read, of those that were reached. */
  readonly readRate: number | undefined;
  readonly secondsToDelivered: Seconds | undefined;
  readonly secondsToRead: Seconds | undefined;
}

/** Returns the counts of a name by their details. */
function detailsOf(counts: Counts, name: string): Readonly<Record<string, number>> {
  const prefix = `${name}/`;
  return Object.fromEntries(
    Object.entries(counts).flatMap(([key, count]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), count] as const] : [],
    ),
  );
}

const sumOf = (counts: Counts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** A part of the whole, rounded to a hundredth of a percent. */
const shareOf = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : Math.round((part / whole) * 10_000) / 10_000;

function secondsOf(counts: Counts, name: string): Seconds | undefined {
  const buckets = Object.entries(detailsOf(counts, name)).map(
    ([bucket, count]) => [Number(bucket), count] as const,
  );
  const durations = new Map(buckets);
  const [p50, p95] = [percentileOf(durations, 0.5), percentileOf(durations, 0.95)];
  return p50 === undefined || p95 === undefined
    ? undefined
    : { p50, p95, messages: sumOf(Object.fromEntries(buckets)) };
}

/** Returns the figures of counts. */
export function figuresOf(counts: Counts): Figures {
  const of = (name: string): number => counts[name] ?? 0;
  const failedByReason = detailsOf(counts, 'failed');
  const failed = sumOf(failedByReason);
  const reached = of('reached');
  return {
    submitted: of('submitted'),
    queued: of('queued'),
    delivered: of('delivered'),
    read: of('read'),
    failed,
    failedByReason,
    switched: of('switched'),
    reached,
    recovered: of('recovered'),
    successRate: shareOf(reached, reached + failed),
    readRate: shareOf(of('reached_read'), reached),
    secondsToDelivered: secondsOf(counts, 'to_delivered'),
    secondsToRead: secondsOf(counts, 'to_read'),
  };
}

/** How many messages have a status, or failed for a reason. */
export interface StatusCount {
  readonly status?: string;
  readonly reason_code?: string;
  readonly messages: number;
}

/** Returns how many messages have each status; by reason without a status only failures count. */
export function byStatus(
  counts: Counts,
  by: { readonly status: boolean; readonly reason: boolean },
): readonly StatusCount[] {
  const { submitted, queued, switched, delivered, read, failed, failedByReason } =
    figuresOf(counts);
  const plain = {
    SUBMITTED: submitted,
    QUEUED_ON_CHANNEL: queued,
    SWITCHING_CHANNEL: switched,
    DELIVERED: delivered,
    READ: read,
  };
  const reasons = Object.entries(failedByReason).map(([reason_code, messages]) => ({
    ...(by.status && { status: 'FAILED' }),
    ...{ reason_code, messages },
  }));
  if (!by.status) return reasons;
  const statuses = Object.entries(plain).map(([status, messages]) => ({ status, messages }));
  const failures = by.reason ? reasons : [{ status: 'FAILED', messages: failed }];
  return [...statuses, ...failures].filter(({ messages }) => messages > 0);
}

/** Returns the sums of rows that have the same key, in the order of the keys. */
export function grouped(
  rows: readonly FigureRow[],
  keyOf: (row: FigureRow) => readonly string[],
): readonly { readonly key: readonly string[]; readonly counts: Counts }[] {
  const groups = new Map<string, { key: readonly string[]; counts: Counts }>();
  for (const row of rows) {
    const key = keyOf(row);
    const name = JSON.stringify(key);
    groups.set(name, { key, counts: addCounts(groups.get(name)?.counts ?? {}, row.counts) });
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
