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
export const contactCreate = defineTrigger<Contact>({
  name: 'CONTACT_CREATE',
  noun: 'new contact',
  description: 'A contact was created, by you or by its first message. Paths start inside contact.',
  keys: ['contact_create_notification'],
  projectLevel: true,
  namesContacts: true,
  subjectFacts: ['contact_id'],
  always: ['contact_id'],
  schema: Contact,
  identity: (contact) => [contact.id],
  subject: contactSubject,
  recordState: (contact, { appId }) => [
    ...addressRecord(contact.id, addressesOf(contact, appId), true),
    ...contactStateRecord(contact),
  ],
  facts: { ...contactFacts((contact: Contact) => contact), ...contactChangeFacts },
});
