import { expect } from 'vitest';
import { rules as shipped } from '../publisher.ts';
import { inbound, minutes, PERSON } from '../sample.ts';
import * as s from './scenario.ts';

/**
 * What Sinch's own pages tell people to use these callbacks for, and what they tell to mind.
 *
 * | page | not an action of Signalbox, so not here |
 * |---|---|
 * | CONTACT_* | what Sinch itself does to conversations; auto-create; merging contacts is done at Sinch |
 */
const is = (fact: string, value: unknown) => ({ fact, operator: 'equal', value });

const has = (...items: unknown[]) => expect.arrayContaining(items);

const { rules } = shipped();
/** Keeping a CRM in step: shipped, but switched off. */
const CRM = {
  'contacts-forwarded.json': { ...Object(rules['contacts-forwarded.json']), enabled: true },
};

const joined = {
  channel_identities: ['SMS', 'WHATSAPP'].map((channel) => ({
    channel,
    identity: PERSON,
    app_id: '',
  })),
};

export const CONTACTS: readonly s.Scenario[] = [
  {
    message: 'a new contact reaches the CRM',
    rows: ['CC1', 'CC4', 'K-CC1'],
    comes: [s.contact('create')],
    seen: s.forwarded,
    is: [s.contact('create')],
    rules: CRM,
  },
  {
    message: 'a new contact sets off a welcome',
    comes: [s.contact('create')],
    seen: s.told,
    is: ['welcome low'],
    rules: s.ownRule('welcome', ['CONTACT_CREATE'], is('language', 'SV'), s.tell('Say hello')),
  },
  {
    message: 'new contacts can be counted',
    rows: ['CC3'],
    comes: [s.contact('create')],
    seen: async (box) => (await s.stats(box)).triggers,
    is: [{ name: 'CONTACT_CREATE', callbacks: 1 }],
  },
  {
    message: 'a new contact stands on record',
    comes: [s.contact('create')],
    seen: s.onRecord(),
    is: ['CONTACT_CREATE'],
  },
  {
    message: 'a changed contact reaches the CRM, and so its caches',
    rows: ['CU1', 'CU5'],
    comes: [s.contact('update')],
    seen: s.forwarded,
    is: [s.contact('update')],
    rules: CRM,
  },
  {
    message: 'an added channel is noticed',
    comes: [s.contact('update', joined)],
    seen: s.told,
    is: ['second-channel low'],
    rules: s.ownRule(
      'second-channel',
      ['CONTACT_UPDATE'],
      { fact: 'identity_count', operator: 'greaterThan', value: 1 },
      s.tell('Another channel'),
    ),
  },
  {
    message: 'changed metadata is noticed',
    comes: [s.contact('update', { metadata: '{"tier":"gold"}' })],
    seen: s.told,
    is: ['gold low'],
    rules: s.ownRule(
      'gold',
      ['CONTACT_UPDATE'],
      { fact: 'contact_metadata', operator: 'containsWord', value: 'gold' },
      s.tell('Gold now'),
    ),
  },
  {
    message: 'each change stands on record',
    comes: [s.contact('create'), s.contact('update')],
    seen: s.onRecord(),
    is: has('CONTACT_CREATE', 'CONTACT_UPDATE'),
  },
  {
    message: 'a deleted contact is erased here: words are gone, the STOP stays',
    rows: ['CD1', 'CD5'],
    comes: [s.contact('create'), inbound('STOP', { at: minutes(-5) }), s.contactGone],
    seen: s.recipient(),
    is: expect.objectContaining({
      suppressed: true,
      history: [expect.not.objectContaining({ words: 'STOP' })],
    }),
  },
  {
    message: 'a deletion reaches the CRM, and what else refers to the contact',
    rows: ['CD2', 'CD4'],
    comes: [s.contactGone],
    seen: s.forwarded,
    is: [s.contactGone],
    rules: CRM,
  },
  {
    message: 'a deletion stands on record',
    comes: [s.contactGone],
    seen: s.onRecord('?trigger=CONTACT_DELETE'),
    is: ['CONTACT_DELETE', 'contact-deleted', 'erase done'],
  },
  {
    message: 'a merger reaches the CRM',
    rows: ['CM1'],
    comes: [s.merged],
    seen: s.forwarded,
    is: [s.merged],
    rules: CRM,
  },
  {
    message: 'a merger names both contacts, so that references can follow',
    rows: ['K-CM1'],
    comes: [s.merged],
    seen: s.words,
    is: expect.stringMatching(/01JCONTACT1.*01JCONTACT2/s),
  },
  {
    message: 'a merger of consents that differ waits for a person',
    comes: [inbound('STOP', { at: minutes(-5) }), s.merged],
    seen: s.openReviews,
    is: [['consents-differ', PERSON, s.OTHER]],
  },
  {
    message: 'a merger stands on record',
    comes: [s.merged],
    seen: s.onRecord(),
    is: has('CONTACT_MERGE', 'contact-merged'),
  },
  {
    message: 'duplicates raise an alert each, also those of one notice',
    rows: ['DU1', 'K-DU1', 'K-DU4'],
    comes: [s.duplicated],
    seen: s.words,
    is: expect.stringMatching(/^2 addresses.*01JCONTACT1.*01JCONTACT4/s),
  },
  {
    message: 'a duplicate whose consents differ is queued for a person',
    comes: [
      s.contact('create'),
      {
        ...s.contact('create'),
        contact_create_notification: {
          contact: {
            id: '01JCONTACT2',
            channel_identities: [{ channel: 'SMS', identity: s.OTHER, app_id: '' }],
            display_name: '',
            email: '',
            external_id: '',
            metadata: '',
            language: 'SV',
          },
        },
      },
      inbound('STOP', { at: minutes(-5) }),
      s.duplicated,
    ],
    seen: s.openReviews,
    is: [['consents-differ', PERSON, s.OTHER]],
  },
  {
    message: 'an import that brought duplicates raises an alert and is on record',
    rows: ['DU4', 'K-DU3'],
    comes: [s.duplicated],
    seen: s.onRecord(),
    is: has('CONTACT_IDENTITIES_DUPLICATION', 'contact-duplicated', 'alert done'),
  },
];
