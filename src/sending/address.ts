import { CHANNELS } from '../callbacks/facts/common-facts.ts';
import type { Address } from '../callbacks/model.ts';
import { isAppScoped, isNumbered, isPhoneNumber } from '../callbacks/person.ts';
import { AppError } from '../errors.ts';

const KNOWN: ReadonlySet<string> = new Set(CHANNELS);

/**
 * Returns what is wrong with an address, beginning with the field; `undefined` for a valid one.
 * @param any whether an unknown channel is accepted as one that Sinch has added
 */
export function wrongIn({ channel, identity, appId }: Address, any = false): string | undefined {
  if (!any && !KNOWN.has(channel))
    return `channel: there is no channel "${channel}"; there are ${CHANNELS.join(', ')}`;
  if (isNumbered(channel) && !isPhoneNumber(identity))
    return `identity: is no phone number; ${channel} takes 5 to 15 digits, the country first`;
  if (appId === '' && isAppScoped(channel))
    return `app_id: is missing, and an identity of ${channel} belongs to an app`;
  return undefined;
}

/**
 * Checks an address and returns it.
 * @param place the prefix of the field in an error, like `recipients.0.`
 * @throws AppError `bad_request` naming the field
 */
export function checkAddress(address: Address, place = ''): Address {
  const wrong = wrongIn(address);
  if (wrong) throw new AppError('bad_request', place + wrong);
  return address;
}
