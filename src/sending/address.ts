import { CHANNELS } from '../callbacks/facts/common-facts.ts';
import type { Address } from '../callbacks/model.ts';
import { isAppScoped, isNumbered, isPhoneNumber } from '../callbacks/person.ts';
import { AppError } from '../errors.ts';

const KNOWN: ReadonlySet<string> = new Set(CHANNELS);

/**
 * What keeps an address from being asked about, beginning with the field; `undefined` when nothing does.
 * @param any takes a channel that we do not know for one that Sinch has had since
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
 * An address that can be asked about: of whom it does not name, nobody could know a refusal.
 * @param place what stands before the field in an error, as `recipients.0.`
 * @throws AppError `bad_request`, naming the field
 */
export function checkAddress(address: Address, place = ''): Address {
  const wrong = wrongIn(address);
  if (wrong) throw new AppError('bad_request', place + wrong);
  return address;
}
