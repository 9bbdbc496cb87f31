/**
 * Durations in logarithmic buckets. Each bucket is 15 % wider than the one before, and a duration is
 * read back as the geometric middle of its bucket, so it is at most 7.3 % off.
 */
const BASE = 1.15;
const LOG_BASE = Math.log(BASE);

/** Returns the bucket of a duration in milliseconds; a negative one, from clocks that differ, counts as none. */
export const bucketOf = (ms: number): number =>
  ms < 1 ? 0 : 1 + Math.floor(Math.log(ms) / LOG_BASE);

/** Returns the duration that stands for a bucket, in milliseconds. */
const durationOf = (bucket: number): number => (bucket === 0 ? 0 : BASE ** (bucket - 0.5));

/** How many durations are in each bucket. */
export type Durations = ReadonlyMap<number, number>;

/**
 * Returns a percentile of durations in seconds, by nearest rank and at most 7.3 % off; undefined
 * without any.
 * @param share `0.5` for the median
 */
export function percentileOf(durations: Durations, share: number): number | undefined {
  const total = [...durations.values()].reduce((sum, count) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(share * total));
  let passed = 0;
  for (const [bucket, count] of [...durations].toSorted(([a], [b]) => a - b)) {
    passed += count;
    if (passed >= rank) return Number((durationOf(bucket) / 1000).toPrecision(3));
  }
  return undefined;
}
