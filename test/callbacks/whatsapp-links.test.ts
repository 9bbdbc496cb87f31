import { describe, expect, test } from 'vitest';
import { whatsappLinks } from '../../src/callbacks/shapes/whatsapp-links.ts';

const NUMBER = '447700900123';
const OTHER = '447700900999';
const ID = 'GB.1234567890abcdef';
const NEW_ID = 'GB.fedcba0987654321';

/** What a callback says, as `number = id` and `before > after`. */
const told = (payload: object): readonly string[] =>
  whatsappLinks(payload).map((record) => {
    if (record.kind === 'link') return `${record.number.identity} = ${record.id.identity}`;
    if (record.kind === 'moved') return `${record.from.identity} > ${record.to.identity}`;
    throw new Error(record.kind);
  });

const meta = (value: object): object => ({
  payload: { object: 'whatsapp_business_account', entry: [{ changes: [{ value }] }] },
});
const system = (fields: object, from?: string): object =>
  meta({ messages: [{ from, type: 'system', system: fields }] });

describe('the links of a WhatsApp number and business-scoped ids', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'are in the address of the callback',
      { channel_identity: { channel: 'WHATSAPP', identity: NUMBER, user_id: ID } },
      [`${NUMBER} = ${ID}`],
    ],
    [
      'are not read from another channel',
      { channel_identity: { channel: 'SMS', identity: NUMBER, user_id: ID } },
      [],
    ],
    [
      'are among the addresses of one contact',
      {
        contact: {
          channel_identities: [
            { channel: 'WHATSAPP', identity: NUMBER },
            { channel: 'WHATSAPP', identity: ID },
          ],
        },
      },
      [`${NUMBER} = ${ID}`],
    ],
    [
      'are open where a contact has two numbers',
      {
        contact: {
          channel_identities: [NUMBER, OTHER, ID].map((identity) => ({
            channel: 'WHATSAPP',
            identity,
          })),
        },
      },
      [],
    ],
    [
      'do not join the addresses of two contacts',
      {
        preserved_contact: { channel_identities: [{ channel: 'WHATSAPP', identity: NUMBER }] },
        deleted_contact: { channel_identities: [{ channel: 'WHATSAPP', identity: ID }] },
      },
      [],
    ],
    [
      'are in the contacts of a notification of Meta',
      meta({ contacts: [{ wa_id: `+${NUMBER}`, user_id: ID, parent_user_id: NEW_ID }] }),
      [`${NUMBER} = ${ID}`, `${NUMBER} = ${NEW_ID}`],
    ],
    [
      'are in its statuses',
      meta({ statuses: [{ recipient_id: NUMBER, recipient_user_id: ID }] }),
      [`${NUMBER} = ${ID}`],
    ],
    [
      'are in its messages',
      meta({ messages: [{ from: NUMBER, from_user_id: ID, type: 'text' }] }),
      [`${NUMBER} = ${ID}`],
    ],
    [
      'are in a notification that is a text',
      { payload: JSON.stringify({ value: { contacts: [{ wa_id: NUMBER, user_id: ID }] } }) },
      [`${NUMBER} = ${ID}`],
    ],
    ['are in no text that is not JSON', { payload: `${NUMBER} ${ID}` }, []],
    ['need two identifiers', meta({ contacts: [{ wa_id: NUMBER }, { user_id: ID }] }), []],
  ])('%s', (_, payload, expected) => expect(told(payload)).toEqual(expected));
});

describe('a change of a WhatsApp number or id', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'has the new number in the system message',
      system({ type: 'user_changed_number', wa_id: OTHER }, NUMBER),
      [`${NUMBER} > ${OTHER}`],
    ],
    [
      'is only in its text',
      system({
        type: 'user_changed_number',
        body: `User A changed from ${NUMBER} to ${OTHER}.`,
      }),
      [`${NUMBER} > ${OTHER}`],
    ],
    [
      'is of the id',
      system({ type: 'user_changed_user_id', previous_user_id: ID, user_id: NEW_ID }),
      [`${ID} > ${NEW_ID}`, `${ID} > ${NEW_ID}`],
    ],
    [
      'is an update of Meta, which also links the new id',
      meta({ user_id_update: [{ wa_id: NUMBER, user_id: { previous: ID, current: NEW_ID } }] }),
      [`${ID} > ${NEW_ID}`, `${NUMBER} = ${NEW_ID}`],
    ],
    [
      'is none to the same number',
      system({ type: 'user_changed_number', wa_id: NUMBER }, NUMBER),
      [],
    ],
    [
      'is none from a number to an id',
      meta({ user_id_update: [{ user_id: { previous: NUMBER, current: ID } }] }),
      [],
    ],
    ['is none without an end', system({ type: 'user_changed_number' }, NUMBER), []],
    [
      'is in no other system message',
      system({ type: 'customer_changed', wa_id: OTHER }, NUMBER),
      [],
    ],
  ])('%s', (_, payload, expected) => expect(told(payload)).toEqual(expected));
});
