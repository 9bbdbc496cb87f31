import { isNumbered } from '../callbacks/person.ts';

/** The most lookups for one person and channel; after that the channel evidently does not answer. */
export const MAX_LOOKUPS = 5;

/** Returns the request id of a lookup. Sinch repeats it in the answer, and it contains the number of lookups so far, so that no state is needed. */
export const lookupId = (count: number, id: string): string => `signalbox.${count}.${id}`;

/** Returns the number of lookups that led to an answer, from its request id; 0 where Signalbox did not ask. */
export const lookupsBefore = (requestId: unknown): number =>
  Number(/^signalbox\.(\d+)\./.exec(String(requestId))?.[1] ?? 0);

/**
 * Returns the channels that come after one in an app's channel priority and take the same identity: a phone number is one on each
 * channel that has numbers, any other identity is that of its channel only.
 */
export function laterChannels(
  priority: readonly string[],
  { channel, identity }: { readonly channel: string; readonly identity: string },
): readonly string[] {
  const place = priority.indexOf(channel);
  if (place < 0 || !isNumbered(channel) || !/^\+?\d+$/.test(identity)) return [];
  return priority.slice(place + 1).filter(isNumbered);
}
