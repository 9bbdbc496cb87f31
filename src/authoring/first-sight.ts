import { type Callback, readCallback } from '../callbacks/callback.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import type { Recall } from '../rules/decide/decide.ts';
import { openRecollection } from '../rules/decide/recollection.ts';

/**
 * Reads a callback from a file. It counts as received at the latest time that it names, so that it never looks old.
 * @param now milliseconds, for a callback that names no time
 * @throws AppError as `readCallback`
 */
export async function readStored(bytes: Uint8Array, now: number): Promise<Callback> {
  return readCallback(bytes, latestTimeIn(bytes) ?? now);
}

/** The latest time of an envelope, in milliseconds, read by itself: reading the whole callback twice would cost twice. */
function latestTimeIn(bytes: Uint8Array): number | undefined {
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const { accepted_time, event_time } = isRecord(body) ? body : {};
    const times = [accepted_time, event_time].map((time) =>
      typeof time === 'string' ? Date.parse(time) : Number.NaN,
    );
    const named = times.filter((time) => time > 0);
    return named.length > 0 ? Math.max(...named) : undefined;
  } catch {
    // `readCallback` says what is wrong.
    return undefined;
  }
}

/**
 * What a Worker that has never heard of anything would recall: no retries yet, no earlier rating but the one that the
 * callback itself tells.
 */
export const firstSight = (callback: Callback): Recall => openRecollection().remember(callback);
