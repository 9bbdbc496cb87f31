import { type Callback, readCallbacks } from '../callbacks/callback.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { openCallbackHistory } from '../rules/decide/callback-history.ts';
import type { Recall } from '../rules/decide/decide.ts';

/**
 * Reads the callbacks of a file, as received at the latest time that it contains, so that none is outdated: one, or each of
 * a notification that holds several.
 * @param now milliseconds, for a callback without a time
 * @throws AppError as `readCallback`
 */
export const readAllStored = (bytes: Uint8Array, now: number): ReturnType<typeof readCallbacks> =>
  readCallbacks(bytes, latestTimeIn(bytes) ?? now);

/**
 * Returns the latest time of an envelope in milliseconds, without parsing the whole callback twice.
 */
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
    // `readCallback` reports the error.
    return undefined;
  }
}

/**
 * Returns the recorded facts of a Worker without history: no retries, no earlier rating except the
 * one in the
 * callback itself.
 */
export const emptyRecall = (callback: Callback): Recall => openCallbackHistory().remember(callback);
