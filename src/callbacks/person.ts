import type { Address } from './trigger.ts';

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
 * app-scoped channels keep case and add the app. The project is never part of it.
 */
export function personKey({ channel, identity, appId }: Address, families: Families = LINKED): string {
  const family = families[channel] ?? channel;
  if (APP_SCOPED.has(channel)) return `${family}:${appId}:${identity}`;
  return `${family}:${NUMBERED.has(channel) ? normaliseNumber(identity) : identity}`;
}

/** Digits only, without a leading `+` or `00`. A text that holds letters is left as it is. */
function normaliseNumber(identity: string): string {
  if (/^[1-9]\d*$/.test(identity) || !/^[\s()+./\d-]+$/.test(identity)) return identity;
  const digits = identity.replace(/\D/g, '');
  return digits.startsWith('00') ? digits.slice(2) : digits;
}
