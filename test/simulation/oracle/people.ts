import { familyOf } from '../load/people.ts';
import { acknowledgedAt } from './expected.ts';
import type { Observed, ObservedCallback } from './observed.ts';

/** Whether a callback says that two identities are one person. */
const isLink = ({ told }: ObservedCallback): boolean =>
  told !== undefined && told.also !== '' && told.trigger !== 'UNSUPPORTED';

/** Whether a callback says that a number was replaced by another. */
export const isMove = ({ told }: ObservedCallback): boolean =>
  told !== undefined && told.also !== '' && told.trigger === 'UNSUPPORTED';

/** `channel/identity` of whom a callback is about. */
export const addressIn = ({ told }: ObservedCallback): string =>
  `${told?.channel ?? ''}/${told?.number ?? ''}`;

/** Returns the one name of those who share a consent by their address alone. */
const named = (address: string): string => {
  const [channel = '', identity = ''] = address.split('/');
  return familyOf(channel, identity);
};

/**
 * Whom an address shares its consent with: the channels of one inbox, and the other identity of the same person once a callback that
 * names both was taken.
 * @param knownAt returns when a callback counts, in milliseconds; `undefined`: never
 */
export function openKin(
  address: string,
  { callbacks }: Pick<Observed, 'callbacks'>,
  knownAt: (callback: ObservedCallback) => number | undefined = acknowledgedAt,
  by = Number.POSITIVE_INFINITY,
): (other: string) => boolean {
  const own = named(address);
  const kin = new Set([own]);
  for (const callback of callbacks) {
    if (!isLink(callback) || (knownAt(callback) ?? Number.POSITIVE_INFINITY) >= by) continue;
    const both = [addressIn(callback), `${callback.told?.channel}/${callback.told?.also}`].map(
      named,
    );
    if (both.includes(own)) for (const one of both) kin.add(one);
  }
  return (other) => kin.has(named(other));
}

/** The callbacks that say that an address replaced another one, and were taken. */
export const movesTo = (
  address: string,
  { callbacks }: Pick<Observed, 'callbacks'>,
): readonly ObservedCallback[] =>
  callbacks.filter(
    (callback) =>
      isMove(callback) &&
      `${callback.told?.channel}/${callback.told?.also}` === address &&
      acknowledgedAt(callback) !== undefined,
  );
