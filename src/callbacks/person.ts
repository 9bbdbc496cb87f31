import type { Address } from './model.ts';

/** Channels whose identities mean something only together with the app. Source: Sinch specification, ChannelIdentity; Viber bot by its 2021 docs. */
const APP_SCOPED = new Set(['MESSENGER', 'INSTAGRAM', 'LINE', 'WECHAT', 'VIBER']);

/** Channels that name a person by a phone number. */
export const NUMBERED_CHANNELS = ['SMS', 'MMS', 'WHATSAPP', 'RCS', 'VIBERBM'] as const;
const NUMBERED: ReadonlySet<string> = new Set(NUMBERED_CHANNELS);

/** Channel → family: channels that reach one person by one consent. SMS and MMS share a STOP. */
export type Families = Readonly<Record<string, string>>;
export const LINKED: Families = { MMS: 'SMS' };

/** Whether this channel names a person by a phone number. */
export const isNumbered = (channel: string): boolean => NUMBERED.has(channel);

/** Whether an identity of this channel means something only together with the app. */
export const isAppScoped = (channel: string): boolean => APP_SCOPED.has(channel);

/**
 * The key of one person: channel family and normalised identity. `+46 73…`, `0046 73…` and `4673…` are one;
 * app-scoped channels keep case and add the app. Blanks around either mean nothing. The project is never part of it.
 */
export function personKey(
  { channel, identity, appId }: Address,
  families: Families = LINKED,
): string {
  const family = families[channel] ?? channel;
  if (APP_SCOPED.has(channel)) return `${family}:${appId.trim()}:${identity.trim()}`;
  return `${family}:${NUMBERED.has(channel) ? normaliseNumber(identity) : identity.trim()}`;
}

/** Whether this is a phone number, however it is written: 5 to 15 digits with the country first. Source: E.164. */
export const isPhoneNumber = (identity: string): boolean =>
  /^[1-9]\d{4,14}$/.test(normaliseNumber(identity));

/**
 * Digits only, without a leading `+`, `00` or `tel:`; invisible characters, full-width ones and every dash are seen through. A text
 * that holds anything else is left as it is, and so is `+46 (0)73…`: whether its 0 is dialled depends on the country.
 */
function normaliseNumber(identity: string): string {
  if (/^[1-9]\d*$/.test(identity)) return identity;
  const written = identity
    .replace(/\p{Cf}/gu, '')
    .normalize('NFKC')
    .replace(/^\s*tel:/i, '');
  if (!/^[\s()+./\d\p{Pd}\u2212]+$/u.test(written) || /\(\s*0/.test(written)) return identity;
  const digits = written.replace(/\D/g, '');
  return digits.startsWith('00') ? digits.slice(2) : digits;
}
