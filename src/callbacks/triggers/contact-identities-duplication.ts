import * as v from 'valibot';
import { CHANNEL_NAMES, CHANNELS } from '../facts/common-facts.ts';
import { COUNT, fact } from '../facts/fact.ts';
import { addressRecord } from '../shapes/contact.ts';
import { distinct, Identity, isRecord, Parts, Text, Texts } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** Addresses that several contacts claim. Source: Sinch specification, DuplicatedContactIdentitiesNotification. */
export const ContactDuplication = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    if (!isRecord(raw) || Array.isArray(raw.duplicated_identities)) return raw;
    const { duplicated_channel_identities, ...rest } = raw;
    return { ...rest, duplicated_identities: duplicated_channel_identities };
  }),
  v.looseObject({
    duplicated_identities: Parts({
      channel: Text,
      identity: Identity,
      app_id: Text,
      contact_ids: Texts,
    }),
  }),
);
export type ContactDuplication = v.InferOutput<typeof ContactDuplication>;

type Duplicate = NonNullable<ContactDuplication['duplicated_identities']>[number];

const each =
  (what: (duplicate: Duplicate) => string | undefined | readonly string[]) =>
  (payload: ContactDuplication) =>
    distinct(payload.duplicated_identities?.flatMap(what));

export const contactIdentitiesDuplication = defineTrigger<ContactDuplication>({
  name: 'CONTACT_IDENTITIES_DUPLICATION',
  noun: 'set of duplicated identities',
  description: 'The same address belongs to several contacts: they are probably one person.',
  keys: ['duplicated_contact_identities_notification', 'duplicated_identities_notification'],
  projectLevel: true,
  namesContacts: true,
  subjectFacts: [],
  always: ['duplicate_count', 'duplicate_channels', 'duplicate_contact_ids'],
  schema: ContactDuplication,
  // It has no id, and the same duplicates may be found again: only the whole body distinguishes two findings.
  identity: () => [],
  subject: () => ({}),
  recordState: ({ duplicated_identities }, { appId }) =>
    (duplicated_identities ?? []).flatMap(({ channel, identity, app_id, contact_ids }) =>
      channel && identity
        ? (contact_ids ?? []).flatMap((id) =>
            addressRecord(id, [{ channel, identity, appId: app_id ?? appId }]),
          )
        : [],
    ),
  facts: {
    duplicate_count: fact.number(
      'number of duplicates',
      'How many addresses belong to several contacts.',
      { personal: false, range: COUNT },
      (payload) => payload.duplicated_identities?.length,
    ),
    duplicate_channels: fact.list(
      'channels with duplicates',
      'The channels of those addresses.',
      { personal: false, known: CHANNELS, synonyms: CHANNEL_NAMES },
      each(({ channel }) => channel),
    ),
    duplicate_identities: fact.list(
      'duplicated addresses',
      'Those addresses, if Sinch sends them.',
      { personal: true },
      each(({ identity }) => identity),
    ),
    duplicate_contact_ids: fact.list(
      'duplicated contacts',
      'The contacts that share them.',
      { personal: true, search: 'contact_id' },
      each(({ contact_ids }) => contact_ids),
    ),
  },
});
