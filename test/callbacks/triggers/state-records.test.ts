import { describe, expect, test } from 'vitest';
import { read, readSample, sampleBody } from '../../../src/samples/samples.ts';

describe('what is remembered', () => {
  const memoriesOf = async (body: unknown) => (await read(body)).stateRecords;

  test('a submitted message, with what a retry must carry', async () => {
    expect(await memoriesOf(sampleBody('message-submit'))).toEqual([
      {
        kind: 'submitted',
        messageId: expect.any(String),
        address: { channel: 'SMS', identity: '12025550142', appId: expect.any(String) },
        message: { text_message: { text: 'Your parcel 10482 is on its way.' } },
        metadata: 'order-10482',
        correlationId: 'shipping-7731',
        contactId: undefined,
        processingMode: 'DISPATCH',
      },
    ]);
  });

  test('nothing of a submitted message without a body', async () => {
    expect(await memoriesOf(sampleBody('message-submit-reference'))).toEqual([]);
  });

  test.each([
    ['message-inbound', ['WHATSAPP 447700900123']],
    ['opt-out-viber-reference', ['VIBERBM 447700900456']],
    ['conversation-started-reference', ['WHATSAPP 447700900123']],
    ['contact-updated', ['WHATSAPP 447700900123', 'SMS 12025550142', 'MESSENGER 7410852963014785']],
    ['contact-deleted', ['WHATSAPP 447700900123', 'SMS 12025550142', 'MESSENGER 7410852963014785']],
    ['contact-deleted-reference', []],
    ['contact-merged', ['WHATSAPP 447700900123', 'SMS 12025550142']],
    ['stop', []],
  ])('%s tells a contact’s addresses', async (name, expected) => {
    const { stateRecords, subject } = await readSample(name);
    const contacts = stateRecords.flatMap((memory) => (memory.kind === 'contact' ? [memory] : []));
    expect(
      contacts.flatMap(({ addresses }) =>
        addresses.map(({ channel, identity }) => `${channel} ${identity}`),
      ),
    ).toEqual(expected);
    for (const { contactId } of contacts) expect(contactId).toBe(subject.contactId);
  });

  test.each<[string, object, readonly string[]]>([
    ['a message of a person', {}, ['reply', 'contact']],
    ['an echo of one’s own message', { direction: 'TO_CONTACT' }, ['contact']],
    ['a message that was injected', { injected: true }, ['contact']],
  ])('%s: that the person wrote only where it did', async (_, fields, kinds) => {
    const { message, ...rest } = sampleBody('message-inbound');
    const records = await memoriesOf({ ...rest, message: { ...Object(message), ...fields } });
    expect(records.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('that a new contact has these addresses and no others', async () => {
    const { stateRecords } = await readSample('contact-created');
    const [contact] = stateRecords.filter(({ kind }) => kind === 'contact');
    expect(contact).toMatchObject({ isWhole: true });
  });

  test('nothing of duplicates without a channel, an address or contacts', async () => {
    const duplicated_identities = [
      { channel: 'SMS', identity: '12025550142', contact_ids: ['c1', 'c2'] },
      { channel: 'SMS', contact_ids: ['c3'] },
      { identity: '12025550143', contact_ids: ['c4'] },
      { channel: 'SMS', identity: '12025550144' },
      { channel: 'SMS', identity: '12025550145', contact_ids: [''] },
    ];
    const records = await memoriesOf({
      duplicated_contact_identities_notification: { duplicated_identities },
    });
    expect(records.map((record) => record.kind === 'contact' && record.contactId)).toEqual([
      'c1',
      'c2',
    ]);
  });

  test('a capability, a status, a rating', async () => {
    expect((await readSample('capability-none')).stateRecords[0]).toMatchObject({
      kind: 'capability',
      status: 'NO_CAPABILITY',
    });
    expect((await readSample('delivery-failed-transient')).stateRecords).toEqual([
      {
        kind: 'status',
        channel: 'SMS',
        batchId: undefined,
        messageId: expect.any(String),
        status: 'FAILED',
        reasonCode: 'RATE_LIMITED',
        address: { channel: 'SMS', identity: '12025550142', appId: expect.any(String) },
      },
    ]);
    expect((await readSample('whatsapp-quality-red-reference')).stateRecords).toEqual([
      { kind: 'rating', channel: 'WHATSAPP', rating: 'RED', previous: 'YELLOW' },
    ]);
  });
});
