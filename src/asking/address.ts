import { CHANNELS } from '../callbacks/common-facts.ts';
import { isAppScoped, isNumbered, isPhoneNumber } from '../callbacks/person.ts';
import type { Address } from '../callbacks/trigger.ts';
import { AppError } from '../errors.ts';

const KNOWN: ReadonlySet<string> = new Set(CHANNELS);

/**
 * An address that can be asked about: of whom it does not name, nobody could know a refusal.
 * @param place what stands before the field in an error, as `recipients.0.`
 * @throws AppError `bad_request`, naming the field
 */
export function checkAddress(address: Address, place = ''): Address {
  const { channel, identity, appId } = address;
  if (!KNOWN.has(channel))
    throw new AppError(
      'bad_request',
      `${place}channel: there is no channel "${channel}"; there are ${CHANNELS.join(', ')}`,
    );
  if (isNumbered(channel) && !isPhoneNumber(identity))
    throw new AppError(
      'bad_request',
      `${place}identity: is no phone number; ${channel} takes 5 to 15 digits, the country first`,
    );
  if (appId === '' && isAppScoped(channel))
    throw new AppError('bad_request', `${place}app_id: is missing, and an identity of ${channel} belongs to an app`);
  return address;
}
