import { CHANNELS } from '../callbacks/facts/common-facts.ts';
import type { Address } from '../callbacks/model.ts';
import { isAppScoped, isBusinessScopedId, isNumbered } from '../callbacks/person.ts';
import { AppError } from '../errors.ts';
import { readPhoneNumber } from './phone-number.ts';

const KNOWN: ReadonlySet<string> = new Set(CHANNELS);

/** What is wrong with an address: a stable code, and a sentence that begins with the field. */
export interface WrongAddress {
  readonly code: 'channel_unknown' | 'identity_invalid';
  readonly wrong: string;
}

/** How an address is read. */
export interface AddressOptions {
  /** Accepts an unknown channel as one that Sinch has added. */
  readonly anyChannel?: boolean;
  /** The setting DEFAULT_COUNTRY: the country of a national number. */
  readonly country?: string | undefined;
}

/**
 * Reads an address as a caller wrote it. A number becomes digits with the country first, and a WHATSAPP identity may be a
 * business-scoped id. Other identities stay as they are.
 */
export function readAddress(
  address: Address,
  { anyChannel = false, country }: AddressOptions = {},
): Address | WrongAddress {
  const { channel, identity, appId } = address;
  if (!anyChannel && !KNOWN.has(channel))
    return {
      code: 'channel_unknown',
      wrong: `channel: there is no channel "${channel.slice(0, 40)}"; there are ${CHANNELS.join(', ')}`,
    };
  if (identity.trim() === '')
    return { code: 'identity_invalid', wrong: 'identity: must not be empty' };
  if (appId === '' && isAppScoped(channel))
    return {
      code: 'identity_invalid',
      wrong: `app_id: is missing, and an identity of ${channel} belongs to an app`,
    };
  if (!isNumbered(channel)) return address;
  if (channel === 'WHATSAPP' && isBusinessScopedId(identity))
    return { ...address, identity: identity.trim() };
  const number = readPhoneNumber(identity, country);
  return number === undefined
    ? {
        code: 'identity_invalid',
        wrong: `identity: is no phone number${channel === 'WHATSAPP' ? ' and no business-scoped id (US.1349…)' : ''}; ${channel} takes a number with the country first, like +12025550147${country === undefined ? ', and a national form only with the setting DEFAULT_COUNTRY' : ''}`,
      }
    : { ...address, identity: number };
}

/**
 * Reads an address and returns it.
 * @param place the prefix of the field in an error, like `recipients.0.`
 * @throws AppError `bad_request` naming the field
 */
export function checkAddress(address: Address, options?: AddressOptions, place = ''): Address {
  const read = readAddress(address, options);
  if ('wrong' in read) throw new AppError('bad_request', place + read.wrong);
  return read;
}
