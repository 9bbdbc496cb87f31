import { CHANNEL_NAMES, CHANNELS } from '../facts/common-facts.ts';
import { fact } from '../facts/fact.ts';
import type { StateRecord } from '../model.ts';
import type { Contact } from './contact.ts';
import { leavesOfJson, readJsonText } from './json-text.ts';
import { distinct } from './parts.ts';

/** Fields of a contact in Sinch's spelling, as they are compared. */
const FIELDS = [
  'display_name',
  'email',
  'external_id',
  'language',
  'metadata',
  'channel_identities',
  'channel_priority',
] as const;

/** The prefix of the values within a contact's metadata, among its fields. */
export const METADATA = 'metadata.';

/** Returns the record of what a contact is now. A field that the callback leaves out is as it was. The state of a deleted one is not stored. */
export function contactStateRecord(
  contact: Contact | undefined,
  isDeleted = false,
): readonly StateRecord[] {
  if (!contact?.id) return [];
  const { channel_identities: addresses, channel_priority: priority, metadata } = contact;
  const texts: Record<(typeof FIELDS)[number], string | undefined> = {
    display_name: contact.display_name,
    email: contact.email,
    external_id: contact.external_id,
    language: contact.language === 'UNSPECIFIED' ? '' : contact.language,
    metadata,
    channel_identities: addresses
      ?.map(({ channel, identity, app_id }) => JSON.stringify([channel, identity, app_id ?? '']))
      .toSorted()
      .join(),
    channel_priority: priority?.join(),
  };
  const values = Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
  return [
    {
      kind: 'contact-state',
      ...(isDeleted && { isDeleted }),
      contactId: contact.id,
      values: Object.fromEntries(values),
      metadata: metadata === undefined ? undefined : leavesOfJson(readJsonText(metadata)),
      language: texts.language,
      channelPriority: priority,
      channels: addresses && distinct(addresses.map(({ channel }) => channel)),
      identityCount: addresses?.length,
    },
  ];
}

/** Facts about what a callback changes of a contact. Signalbox stores the earlier state. */
export const contactChangeFacts = {
  contact_is_new: fact.recalled(
    'boolean',
    'whether the contact is new',
    'Whether no earlier callback carried the state of the contact.',
    { personal: false },
  ),
  changed_fields: fact.recalled(
    'list',
    'changed fields',
    'The fields of the contact that changed, a value in metadata by its path: language, metadata, metadata.tier. Missing for a contact that is new.',
    { personal: false, known: FIELDS },
  ),
  channels_added: fact.recalled(
    'list',
    'added channels',
    'Channels that the contact did not have before. Missing for a contact that is new.',
    { personal: false, known: CHANNELS, synonyms: CHANNEL_NAMES },
  ),
  channels_removed: fact.recalled(
    'list',
    'removed channels',
    'Channels that the contact no longer has. Missing for a contact that is new.',
    { personal: false, known: CHANNELS, synonyms: CHANNEL_NAMES },
  ),
} as const;
