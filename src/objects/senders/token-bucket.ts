import { perSecond } from '../../rules/model/values.ts';

/** A token bucket: how many sends remained at a time (milliseconds since 1970). */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** How many sends are allowed now, and if not all, when to ask again. */
export interface Permit {
  readonly granted: number;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** Whether an empty bucket of this rate is full again after a second. */
export const isRefilledAtOnce = (rate: string | undefined): rate is string =>
  rate !== undefined && perSecond(rate) >= Number.parseInt(rate, 10);

/**
 * Takes up to `count` sends from a bucket of the size that the rate names (`10/minute`: 10), which
 * refills evenly. A new bucket is full.
 * @param until when the limit ends and sends are unlimited again
 */
export function spend(
  bucket: Bucket | undefined,
  rate: string,
  count: number,
  until: number,
  now: number,
): { permit: Permit; left: Bucket } {
  const size = Number.parseInt(rate, 10);
  const pace = perSecond(rate);
  const at = Math.max(now, bucket?.at ?? now);
  const tokens = Math.min(size, bucket ? bucket.tokens + (pace * (at - bucket.at)) / 1_000 : size);
  // Floating point may refill a whole token to 0.999…, which must not delay a send.
  const granted = Math.max(0, Math.min(count, Math.floor(tokens + 1e-6)));
  const left = { tokens: Math.max(0, tokens - granted), at };
  if (granted === count) return { permit: { granted }, left };
  const seconds = Math.min(
    pace > 0 ? (1 - left.tokens) / pace : Number.POSITIVE_INFINITY,
    (until - now) / 1_000,
  );
  return { permit: { granted, retryAfter: Math.max(1, Math.ceil(seconds)) }, left };
}
