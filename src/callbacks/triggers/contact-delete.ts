import {
  addressesOf,
  addressRecord,
  Contact,
  contactFacts,
  contactSubject,
} from '../shapes/contact.ts';
import { contactStateRecord } from '../shapes/contact-change.ts';
import { defineTrigger } from './trigger.ts';

/** Source: Sinch specification, ContactNotification. */
export const contactDelete = defineTrigger<Contact>({
  name: 'CONTACT_DELETE',
  noun: 'deleted contact',
  description:
    'A contact was deleted: whatever you keep about it must go. Paths start inside contact.',
  keys: ['contact_delete_notification'],
  projectLevel: true,
  namesContacts: true,
  subjectFacts: ['contact_id'],
  always: ['contact_id'],
  alwaysSubscribed: true,
  schema: Contact,
  identity: (contact) => [contact.id],
  subject: contactSubject,
  recordState: (contact, { appId }) => [
    ...addressRecord(contact.id, addressesOf(contact, appId)).map((record) => ({
      ...record,
      isDeleted: true as const,
    })),
    ...contactStateRecord(contact, true),
  ],
  facts: contactFacts((contact) => contact),
});
