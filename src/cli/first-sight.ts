import { type Callback, readCallback } from '../callbacks/callback.ts';
import type { Recall } from '../rules/decide.ts';

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
export function firstSight({ memories }: Pick<Callback, 'memories'>): Recall {
  const rating = memories.find((memory) => memory.kind === 'rating');
  const known = new Map<string, number | string | undefined>([
    ['attempt', 0],
    ['previous_quality_rating', rating?.previous],
  ]);
  return async (fact) => known.get(fact);
}
