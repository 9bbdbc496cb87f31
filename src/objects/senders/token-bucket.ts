import { perSecond } from '../../rules/model/values.ts';

/** A token bucket: how many sends were left at a moment. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** How many may go now, and if not all, when to ask again. */
export interface Permit {
  readonly granted: number;
  /** Seconds. */
  readonly retryAfter?: number;
}

/**
 * Takes up to `count` sends from a bucket that holds what the rate names (`10/minute`: 10) and refills evenly. A new bucket is full.
 * @param until when the limit ends: then anything may go
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
  // A whole token may have refilled to 0.999…: floating point must not make anybody wait again.
  const granted = Math.max(0, Math.min(count, Math.floor(tokens + 1e-6)));
  const left = { tokens: Math.max(0, tokens - granted), at };
  if (granted === count) return { permit: { granted }, left };
  const seconds = Math.min(
    pace > 0 ? (1 - left.tokens) / pace : Number.POSITIVE_INFINITY,
    (until - now) / 1_000,
  );
  return { permit: { granted, retryAfter: Math.max(1, Math.ceil(seconds)) }, left };
}
