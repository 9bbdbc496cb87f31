import {
  addressesOf,
  addressRecord,
  Contact,
  contactFacts,
  contactSubject,
} from '../shapes/contact.ts';
import { contactChangeFacts, contactStateRecord } from '../shapes/contact-change.ts';
import { defineTrigger } from './trigger.ts';

/** Source: Sinch specification, ContactNotification. */
export const contactUpdate = defineTrigger<Contact>({
  name: 'CONTACT_UPDATE',
  noun: 'updated contact',
  description:
    'A contact changed: its name, addresses, language or metadata. Paths start inside contact.',
  keys: ['contact_update_notification'],
  projectLevel: true,
  namesContacts: true,
  subjectFacts: ['contact_id'],
  always: ['contact_id'],
  schema: Contact,
  // A contact may change back and forth under the same id: only the whole body distinguishes two changes.
  identity: () => [],
  subject: contactSubject,
  recordState: (contact, { appId }) => [
    ...addressRecord(contact.id, addressesOf(contact, appId), true),
    ...contactStateRecord(contact),
  ],
  facts: { ...contactFacts((contact: Contact) => contact), ...contactChangeFacts },
});
