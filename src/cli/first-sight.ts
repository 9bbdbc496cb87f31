import { type Callback, readCallback } from '../callbacks/callback.ts';
import type { Recall } from '../rules/decide.ts';
import { openRecollection } from '../rules/recollection.ts';

/**
 * Reads a callback from a file. It counts as received at the latest time that it names, so that it never looks old.
 * @param now milliseconds, for a callback that names no time
 * @throws AppError as `readCallback`
 */
export async function readStored(bytes: Uint8Array, now: number): Promise<Callback> {
  const first = await readCallback(bytes, now);
  const { acceptedTime, eventTime } = first.envelope;
  const named = Math.max(acceptedTime ?? 0, eventTime ?? 0);
  return named > 0 ? readCallback(bytes, named) : first;
}

/**
 * What a Worker that has never heard of anything would recall: no retries yet, no earlier rating but the one that the
 * callback itself tells.
 */
export const firstSight = (callback: Callback): Recall => openRecollection().remember(callback);
