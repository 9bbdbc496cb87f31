import type { Address } from './model.ts';

/** Channels whose identities mean something only together with the app. Source: Sinch specification, ChannelIdentity; Viber bot by its 2021 docs. */
const APP_SCOPED = new Set(['MESSENGER', 'INSTAGRAM', 'LINE', 'WECHAT', 'VIBER']);

/** Channels that name a person by a phone number. WHATSAPP also has business-scoped ids. */
export const NUMBERED_CHANNELS = ['SMS', 'MMS', 'WHATSAPP', 'RCS', 'VIBERBM'] as const;
const NUMBERED: ReadonlySet<string> = new Set(NUMBERED_CHANNELS);

/** Channel → family: channels that reach one person by one consent. SMS, MMS and RCS reach one inbox by one number, so they share a STOP. */
export type Families = Readonly<Record<string, string>>;
export const LINKED: Families = { MMS: 'SMS', RCS: 'SMS' };

/** Whether this channel names a person by a phone number. */
export const isNumbered = (channel: string): boolean => NUMBERED.has(channel);

/** Whether an identity of this channel means something only together with the app. */
export const isAppScoped = (channel: string): boolean => APP_SCOPED.has(channel);

/**
 * Whether this is a business-scoped id of WhatsApp: country, dot, letters and digits; `ENT` marks the id of a parent
 * portfolio. Upper and lower case differ. Source: Meta, business-scoped user IDs; Sinch, WhatsApp user ids.
 */
export const isBusinessScopedId = (identity: string): boolean =>
  /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(identity.trim());

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
  if (!NUMBERED.has(channel)) return `${family}:${identity.trim()}`;
  return `${family}:${foldVariant(digitsOf(identity) ?? identity.trim())}`;
}

/**
 * Returns the one form of a number that has several, as digits with the country first:
 * - Mexico: `52` + 10 digits; WhatsApp and older systems write `521`.
 * - Argentina: `54` + 10 digits; mobile numbers are written `549` from abroad.
 * - Brazil: mobile numbers of before 2012 have 8 digits and got a ninth in front. Only such a number is folded: behind the
 *   ninth digit, 2 to 5 begin a number that never had 8 digits, and as 8 digits they begin a landline.
 *
 * Source: metadata of libphonenumber; WhatsApp’s ids of these countries.
 */
export const foldVariant = (digits: string): string =>
  // All of them begin so; a campaign asks for a thousand numbers that do not.
  digits.startsWith('5') ? foldFifties(digits) : digits;

const foldFifties = (digits: string): string =>
  digits
    .replace(/^521(\d{10})$/, '52$1')
    .replace(/^549(\d{10})$/, '54$1')
    .replace(/^55([1-9]\d)9([016-9]\d{7})$/, '55$1$2');

/** Digits as Sinch writes a number: nothing to remove and nothing to fold. */
const PLAIN = /^[1-9]\d*$/;

/** Removes invisible characters and a scheme (`tel:`, `sms:`, `whatsapp:`), and narrows full-width ones. */
export const plainNumber = (identity: string): string =>
  PLAIN.test(identity)
    ? identity
    : identity
        .replace(/\p{Cf}/gu, '')
        .normalize('NFKC')
        .trim()
        .replace(/^(?:tel|sms|smsto|mms|rcs|whatsapp):\s*/i, '');

/** Whether a text holds only what phone numbers are written with, and no `(0)`: whether that 0 is dialled depends on the country. */
export const looksLikeNumber = (plain: string): boolean =>
  /^[\s()+./\d\p{Pd}\u2212]+$/u.test(plain) && !/\(\s*0/.test(plain);

/** Returns the digits without a leading `+` or `00`; undefined for a text that is no number. */
export function digitsOf(identity: string): string | undefined {
  if (PLAIN.test(identity)) return identity;
  const plain = plainNumber(identity);
  if (!looksLikeNumber(plain)) return undefined;
  const digits = plain.replace(/\D/g, '');
  return digits.startsWith('00') ? digits.slice(2) : digits;
}

/** The text whose keyed hash stands for a contact in stores. */
export const contactKey = (contactId: string): string => `contact\n${contactId}`;
