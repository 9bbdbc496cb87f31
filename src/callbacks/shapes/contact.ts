import * as v from 'valibot';
import { CHANNEL_NAMES, CHANNELS } from '../facts/common-facts.ts';
import { COUNT, type Fact, fact } from '../facts/fact.ts';
import { displayName } from '../facts/shared-facts.ts';
import type { Address, CallbackSubject, StateRecord } from '../model.ts';
import { readJsonText } from './json-text.ts';
import { distinct, Identity, isRecord, Part, Parts, Text, Texts } from './parts.ts';

const fields = {
  id: Text,
  channel_identities: Parts({ channel: Text, identity: Identity, app_id: Text }),
  channel_priority: Texts,
  display_name: Text,
  email: Text,
  external_id: Text,
  metadata: Text,
  language: Text,
} as const;

/** A contact within a larger payload. */
export const ContactPart = Part(fields);

/** A contact, without the `contact` around it. Source: Sinch specification, Contact; the reference pages give a deleted one as `contact_id`. */
export const Contact = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    if (!isRecord(raw)) return raw;
    const { contact, contact_id, ...rest } = raw;
    const id = contact_id === undefined ? {} : { id: contact_id };
    return { ...rest, ...id, ...(isRecord(contact) ? contact : {}) };
  }),
  v.looseObject(fields),
);
export type Contact = v.InferOutput<typeof Contact>;

export const contactSubject = ({ id }: Contact): CallbackSubject => ({ contactId: id });

/** Every address of a contact. */
export const addressesOf = (contact: Contact | undefined, appId: string): readonly Address[] =>
  (contact?.channel_identities ?? []).flatMap(({ channel, identity, app_id }) =>
    channel && identity ? [{ channel, identity, appId: app_id ?? appId }] : [],
  );

/** Returns the record of the addresses that belong to a contact. `isWhole`: these are all that it has. */
export function addressRecord(
  contactId: string | undefined,
  addresses: readonly Address[],
  isWhole = false,
): readonly Extract<StateRecord, { kind: 'contact' }>[] {
  if (!contactId || addresses.length === 0) return [];
  return [{ kind: 'contact', contactId, addresses, ...(isWhole && { isWhole }) }];
}

/** Source: Sinch specification, ContactLanguage. UNSPECIFIED is read as missing. */
const LANGUAGES: readonly string[] = `
  AF SQ AR AZ BN BG CA ZH ZH_CN ZH_HK ZH_TW HR CS DA NL EN EN_GB EN_US ET FIL FI FR DE EL GU HA HE HI HU ID GA IT JA KN
  KK KO LO LV LT MK MS ML MR NB FA PL PT PT_BR PT_PT PA RO RU SR SK SL ES ES_AR ES_ES ES_MX SW SV TA TE TH TR UK UR UZ VI
  ZU`
  .trim()
  .split(/\s+/);

/** What people write for a language: its name, and the codes of countries that are no codes of languages. */
const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  ...{ ENGLISH: 'EN', GERMAN: 'DE', DEUTSCH: 'DE', FRENCH: 'FR', SPANISH: 'ES', ITALIAN: 'IT' },
  ...{ PORTUGUESE: 'PT', BRAZILIAN: 'PT_BR', DUTCH: 'NL', SWEDISH: 'SV', DANISH: 'DA' },
  ...{ NORWEGIAN: 'NB', NO: 'NB', NN: 'NB', FINNISH: 'FI', POLISH: 'PL', CZECH: 'CS', GREEK: 'EL' },
  ...{ TURKISH: 'TR', RUSSIAN: 'RU', UKRAINIAN: 'UK', HUNGARIAN: 'HU', ROMANIAN: 'RO' },
  ...{ ARABIC: 'AR', HEBREW: 'HE', HINDI: 'HI', CHINESE: 'ZH', JAPANESE: 'JA', KOREAN: 'KO' },
  ...{ THAI: 'TH', VIETNAMESE: 'VI', INDONESIAN: 'ID', MALAY: 'MS', FILIPINO: 'FIL' },
  ...{
    SE: 'SV',
    DK: 'DA',
    CZ: 'CS',
    GR: 'EL',
    JP: 'JA',
    KR: 'KO',
    CN: 'ZH',
    UA: 'UK',
    BR: 'PT_BR',
  },
  ...{ AT: 'DE', CH: 'DE', GB: 'EN_GB', US: 'EN_US', MX: 'ES_MX', VN: 'VI', EE: 'ET', SI: 'SL' },
  ...{ EN_UK: 'EN_GB', TW: 'ZH_TW', HK: 'ZH_HK', IW: 'HE' },
};

/** What was before, stored by Signalbox. */
const earlierFacts = {
  previous_language: fact.recalled(
    'text',
    'earlier language',
    'The language of the contact before this callback.',
    { personal: false, known: LANGUAGES, synonyms: LANGUAGE_NAMES },
  ),
  previous_identity_count: fact.recalled(
    'number',
    'earlier number of addresses',
    'How many addresses the contact had before this callback.',
    { personal: false, range: COUNT },
  ),
  previous_contact_metadata_json: fact.recalled(
    'json',
    'earlier metadata of the contact',
    'The values in the metadata of the contact before this callback. They are stored as keyed hashes: only equality with a value that a rule names is known.',
    { personal: true },
  ),
};

/** Facts of the contact that a callback is about. `of` finds it in the payload. */
export const contactFacts = <P>(
  of: (payload: P) => Contact | undefined,
): Readonly<Record<string, Fact<P>>> => ({
  display_name: displayName((payload) => of(payload)?.display_name),
  language: fact.text(
    'language',
    'The contact’s language, in Sinch’s spelling: EN, SV, PT_BR.',
    {
      personal: false,
      known: LANGUAGES,
      synonyms: LANGUAGE_NAMES,
      previous: 'previous_language',
    },
    (payload) => {
      const language = of(payload)?.language;
      return language === 'UNSPECIFIED' ? undefined : language;
    },
  ),
  email: fact.text(
    'email',
    'The contact’s email address.',
    { personal: true },
    (payload) => of(payload)?.email,
  ),
  external_id: fact.text(
    'external id',
    'Your own id of the contact.',
    { personal: true },
    (payload) => of(payload)?.external_id,
  ),
  contact_metadata: fact.text(
    'metadata of the contact',
    'What you attached to the contact.',
    { personal: true },
    (payload) => of(payload)?.metadata,
  ),
  contact_metadata_json: fact.json(
    'metadata of the contact',
    'A value in the metadata of the contact, where that is JSON, by a dotted path: tier.',
    { personal: true, previous: 'previous_contact_metadata_json' },
    (payload) => readJsonText(of(payload)?.metadata),
  ),
  channels: fact.list(
    'channels',
    'The channels that the contact can be reached on.',
    { personal: false, known: CHANNELS, synonyms: CHANNEL_NAMES },
    (payload) => distinct(of(payload)?.channel_identities?.map(({ channel }) => channel)),
  ),
  channel_priority: fact.list(
    'channel priority',
    'The contact’s channels, the preferred one first.',
    { personal: false, known: CHANNELS, synonyms: CHANNEL_NAMES },
    (payload) => of(payload)?.channel_priority,
  ),
  identity_count: fact.number(
    'number of addresses',
    'How many addresses the contact has.',
    { personal: false, previous: 'previous_identity_count', range: COUNT },
    (payload) => of(payload)?.channel_identities?.length,
  ),
  ...earlierFacts,
});
