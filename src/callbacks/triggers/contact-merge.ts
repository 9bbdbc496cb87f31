import * as v from 'valibot';
import { fact } from '../facts/fact.ts';
import type { StateRecord } from '../model.ts';
import { addressesOf, addressRecord, ContactPart, contactFacts } from '../shapes/contact.ts';
import { contactChangeFacts, contactStateRecord } from '../shapes/contact-change.ts';
import { isRecord, Text } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** Two contacts became one. Source: Sinch specification, ContactMergeNotification; the reference pages give the deleted one's id only. */
export const ContactMerge = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    if (!isRecord(raw)) return raw;
    const given = (name: string) => (isRecord(raw[name]) ? raw[name] : { id: raw[`${name}_id`] });
    return {
      ...raw,
      deleted_contact: given('deleted_contact'),
      preserved_contact: given('preserved_contact'),
    };
  }),
  v.looseObject({
    deleted_contact: ContactPart,
    preserved_contact: ContactPart,
    deleted_contact_id: Text,
    preserved_contact_id: Text,
  }),
);
export type ContactMerge = v.InferOutput<typeof ContactMerge>;

const mergeRecord = (deleted?: string, preserved?: string): readonly StateRecord[] =>
  deleted && preserved ? [{ kind: 'merge', deleted, preserved }] : [];

export const contactMerge = defineTrigger<ContactMerge>({
  name: 'CONTACT_MERGE',
  noun: 'merged contact',
  description: 'Two contacts became one; the facts are those of the one that stays.',
  keys: ['contact_merge_notification'],
  projectLevel: true,
  namesContacts: true,
  subjectFacts: ['contact_id'],
  always: ['deleted_contact_id', 'preserved_contact_id'],
  schema: ContactMerge,
  identity: ({ deleted_contact, preserved_contact }) => [
    deleted_contact?.id,
    preserved_contact?.id,
  ],
  subject: ({ preserved_contact }) => ({ contactId: preserved_contact?.id }),
  recordState: ({ deleted_contact: gone, preserved_contact: kept }, { appId }) => [
    ...addressRecord(kept?.id, [...addressesOf(kept, appId), ...addressesOf(gone, appId)]),
    ...contactStateRecord(kept),
    ...mergeRecord(gone?.id, kept?.id),
  ],
  facts: {
    ...contactFacts(({ preserved_contact }: ContactMerge) => preserved_contact),
    ...contactChangeFacts,
    deleted_contact_id: fact.text(
      'deleted contact',
      'The contact that is gone.',
      { personal: true, search: 'contact_id' },
      ({ deleted_contact }) => deleted_contact?.id,
    ),
    preserved_contact_id: fact.text(
      'remaining contact',
      'The contact that both are now.',
      { personal: true, search: 'contact_id' },
      ({ preserved_contact }) => preserved_contact?.id,
    ),
  },
});
