import { describe, expect, test } from 'vitest';
import { factsOf, read, readSample, sampleBody } from './samples.ts';

const inbound = (contact_message: object, more: object = {}) => ({
  app_id: '01JAPP',
  message: { id: '1', contact_message, ...more },
});
const ULID = '01JDZ40T5R90AC4B8V0RFSG232';

describe('both shapes', () => {
  test.each([
    [
      'message-inbound',
      [
        'channel',
        'identity',
        'contact_id',
        'conversation_id',
        'message_id',
        'text',
        'keyword',
        'message_kind',
        'sender_id',
      ],
    ],
    ['redaction', ['channel', 'identity', 'contact_id', 'message_id', 'message_kind']],
    ['message-submit', ['channel', 'identity', 'message_id', 'metadata']],
    ['delivery-delivered', ['channel', 'identity', 'message_id', 'metadata', 'status']],
    ['event-composing', ['channel', 'identity', 'contact_id', 'conversation_id', 'event_id', 'event_kind']],
    ['event-delivery-failed', ['channel', 'identity', 'contact_id', 'event_id', 'status', 'metadata']],
    ['conversation-started', ['channel', 'contact_id', 'conversation_id', 'active', 'active_channel', 'last_received']],
    ['conversation-stopped', ['channel', 'contact_id', 'conversation_id', 'active', 'conversation_metadata']],
    ['conversation-deleted', ['conversation_id']],
    ['contact-created', ['contact_id', 'display_name', 'external_id', 'language', 'channels', 'identity_count']],
    ['contact-updated', ['contact_id', 'display_name', 'email', 'contact_metadata']],
    ['contact-deleted', ['contact_id']],
    ['contact-merged', ['contact_id', 'deleted_contact_id', 'preserved_contact_id', 'display_name']],
    ['contact-duplicated', ['duplicate_count', 'duplicate_channels', 'duplicate_contact_ids']],
    ['capability-full', ['channel', 'identity', 'contact_id', 'request_id', 'capability_status']],
    ['opt-in-viber', ['channel', 'identity', 'contact_id', 'opt_status']],
    ['opt-out-viber', ['channel', 'identity', 'contact_id', 'opt_status']],
    ['whatsapp-quality-red', ['channel', 'quality_rating']],
    ['whatsapp-quality-yellow', ['channel', 'quality_rating']],
    [
      'smart-conversation',
      [
        'contact_id',
        'conversation_id',
        'message_id',
        'sentiment',
        'sentiment_confidence',
        'intent',
        'intent_score',
        'intents',
        'offensive',
        'pii_detected',
      ],
    ],
  ])('%s and its reference twin tell the same', async (name, facts) => {
    const [one, other] = await Promise.all([readSample(name), readSample(`${name}-reference`)]);
    expect(other.trigger).toBe(one.trigger);
    expect(factsOf(other, facts)).toEqual(factsOf(one, facts));
    expect(Object.keys(factsOf(one, facts))).toEqual(facts);
  });

  test('the samples of a retry are about one message', async () => {
    const about = ['message_id', 'app_id', 'channel', 'identity', 'metadata', 'correlation_id'];
    const [submit, failed, delivered] = await Promise.all(
      ['message-submit', 'delivery-failed-transient', 'delivery-delivered'].map(async (name) =>
        factsOf(await readSample(name), about),
      ),
    );
    expect(Object.keys(submit ?? {})).toEqual(about);
    expect(failed).toEqual(submit);
    expect(delivered).toEqual(submit);
  });

  test('camelCase record fields are snake_case ones', async () => {
    const [snake, camel] = await Promise.all([readSample('recording'), readSample('recording-camel-case')]);
    expect(camel.id).toBe(snake.id);
    expect(camel.about).toEqual(snake.about);
  });

  test('wrappers are opened: a path starts inside them', async () => {
    expect((await readSample('conversation-started')).payload).toMatchObject({ active: true });
    expect((await readSample('contact-deleted')).payload).toMatchObject({ display_name: 'Alex Example' });
    expect((await readSample('contact-deleted-reference')).payload).toEqual({ id: expect.any(String) });
    expect((await readSample('whatsapp-quality-red')).payload).toMatchObject({
      additional_data: { quality_rating: 'RED' },
    });
  });
});

describe('an unsupported callback', () => {
  test.each([
    ['a text that holds JSON', '{"type":"x"}', { type: 'x' }],
    ['an object', { type: 'x' }, { type: 'x' }],
    ['a text that holds none', 'PING', 'PING'],
    ['broken JSON', '{"type":', '{"type":'],
    ['JSON too deep to walk', `${'['.repeat(40)}${']'.repeat(40)}`, `${'['.repeat(40)}${']'.repeat(40)}`],
    ['an empty text', '', ''],
  ])('has %s for payload', async (_, payload, expected) => {
    expect((await read({ unsupported_callback: { channel: 'WHATSAPP', payload } })).payload).toMatchObject({
      payload: expected,
    });
  });
});

describe('an inbound message', () => {
  test.each([
    ['a text', { text_message: { text: 'Stop.' } }, { text: 'Stop.', keyword: 'STOP', message_kind: 'text' }],
    [
      'a caption',
      { media_card_message: { url: 'https://x.example/a', caption: 'stop' } },
      { text: 'stop', keyword: 'STOP', message_kind: 'media_card', media_url: 'https://x.example/a' },
    ],
    [
      'a button',
      { choice_response_message: { message_id: 'm', postback_data: 'opt_out' } },
      { text: 'opt_out', keyword: 'OPT OUT', message_kind: 'choice_response', reply_to: 'm' },
    ],
    [
      'an RCS reply',
      { choice_response_message: { message_id: ULID, postback_data: `${ULID}_Stop please` } },
      { text: `${ULID}_Stop please`, keyword: 'STOP PLEASE', message_kind: 'choice_response', reply_to: ULID },
    ],
    [
      'an RCS reply to another id',
      { choice_response_message: { message_id: 'm', postback_data: `${ULID}_Stop` } },
      { text: `${ULID}_Stop`, keyword: 'STOP', message_kind: 'choice_response', reply_to: 'm' },
    ],
    [
      'what could not be parsed',
      { fallback_message: { raw_message: 'ARRÊT', reason: {} } },
      { text: 'ARRÊT', keyword: 'ARRET', message_kind: 'fallback' },
    ],
    [
      'the text before the caption',
      { media_card_message: { caption: 'b' }, text_message: { text: 'a' } },
      { text: 'a', keyword: 'A', message_kind: 'text' },
    ],
    [
      'media',
      { media_message: { url: 'https://x.example/a' } },
      { message_kind: 'media', media_url: 'https://x.example/a' },
    ],
    [
      'a place',
      { location_message: { title: '', coordinates: { latitude: 1, longitude: 2 } } },
      { message_kind: 'location' },
    ],
    ['products', { product_response_message: { products: [] } }, { message_kind: 'product_response' }],
    [
      'a WhatsApp flow',
      { channel_specific_message: { message_type: 'nfm_reply' } },
      { message_kind: 'channel_specific' },
    ],
    ['a kind nobody knows yet', { hologram_message: {} }, { message_kind: 'hologram' }],
    [
      'an answer',
      { text_message: { text: 'ok' }, reply_to: { message_id: 'm' } },
      { text: 'ok', keyword: 'OK', message_kind: 'text', reply_to: 'm' },
    ],
    [
      'an answer by its older name',
      { text_message: { text: 'ok' }, reply_message: { message_id: 'm' } },
      { text: 'ok', keyword: 'OK', message_kind: 'text', reply_to: 'm' },
    ],
    [
      'no answer',
      { text_message: { text: 'ok' }, reply_to: null },
      { text: 'ok', keyword: 'OK', message_kind: 'text' },
    ],
    ['an empty text', { text_message: { text: '' } }, { message_kind: 'text' }],
  ])('reads %s', async (_, message, expected) => {
    const names = ['text', 'keyword', 'message_kind', 'media_url', 'reply_to'];
    expect(factsOf(await read(inbound(message)), names)).toEqual(expected);
  });

  test.each([
    ['{"redacted":true}', 'MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION'],
    ['{"redacted":false}', 'MESSAGE_INBOUND'],
    ['redacted', 'MESSAGE_INBOUND'],
    ['', 'MESSAGE_INBOUND'],
  ])('with the metadata %j is %s', async (metadata, trigger) => {
    expect((await read(inbound({}, { metadata }))).trigger).toBe(trigger);
  });

  test('takes 2021’s bare channel', async () => {
    expect(factsOf(await readSample('message-inbound-2021'), ['channel', 'identity'])).toEqual({ channel: 'SMS' });
  });
});

describe('opting in and out', () => {
  const opt = (key: string, status: unknown, identity: unknown = '447700900456', channel = 'VIBER') => ({
    app_id: '01JAPP',
    [key]: { contact_id: '', channel, identity, status },
  });

  test.each([
    ['opt_in_notification', 'OPT_IN_SUCCEEDED', 'OPT_IN'],
    ['opt_in_notification', 'OPT_IN_FAILED', 'OPT_IN'],
    ['opt_out_notification', 'OPT_IN_SUCCEEDED', 'OPT_IN'],
    ['opt_out_notification', 'OPT_OUT_SUCCEEDED', 'OPT_OUT'],
    ['opt_in_notification', 'OPT_OUT_STATUS_UNSPECIFIED', 'OPT_OUT'],
    ['opt_in_notification', undefined, 'OPT_IN'],
    ['opt_out_notification', '', 'OPT_OUT'],
    ['opt_out_notification', 'SOMETHING_NEW', 'OPT_OUT'],
  ])('%s with %j is %s', async (key, status, trigger) => {
    expect((await read(opt(key, status))).trigger).toBe(trigger);
  });

  test.each([
    ['447700900456', 'VIBER', 'VIBERBM'],
    ['+44 7700 900456', 'VIBER', 'VIBERBM'],
    [undefined, 'VIBER', 'VIBERBM'],
    ['9Qx7Pb2LmT4vRk8Zc1Ynwg==', 'VIBER', 'VIBER'],
    ['447700900456', 'SMS', 'SMS'],
  ])('the identity %j on %s is one of %s', async (identity, channel, expected) => {
    expect((await read(opt('opt_out_notification', 'OPT_OUT_SUCCEEDED', identity, channel))).about.channel).toBe(
      expected,
    );
    const capability = { capability_notification: { channel, identity, capability_status: 'CAPABILITY_FULL' } };
    expect((await read(capability)).about.channel).toBe(expected);
  });
});

describe('what is remembered', () => {
  const memoriesOf = async (body: unknown) => (await read(body)).memories;

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
    const { memories, about } = await readSample(name);
    const contacts = memories.flatMap((memory) => (memory.kind === 'contact' ? [memory] : []));
    expect(
      contacts.flatMap(({ addresses }) => addresses.map(({ channel, identity }) => `${channel} ${identity}`)),
    ).toEqual(expected);
    for (const { contactId } of contacts) expect(contactId).toBe(about.contactId);
  });

  test('a capability, a status, a rating', async () => {
    expect((await readSample('capability-none')).memories[0]).toMatchObject({
      kind: 'capability',
      status: 'NO_CAPABILITY',
    });
    expect((await readSample('delivery-failed-transient')).memories).toEqual([
      {
        kind: 'status',
        messageId: expect.any(String),
        status: 'FAILED',
        reasonCode: 'RATE_LIMITED',
        address: { channel: 'SMS', identity: '12025550142', appId: expect.any(String) },
      },
    ]);
    expect((await readSample('whatsapp-quality-red-reference')).memories).toEqual([
      { kind: 'rating', channel: 'WHATSAPP', rating: 'RED', previous: 'YELLOW' },
    ]);
  });
});

describe('a batch', () => {
  const batch = (counts: object) => ({ batch_status_update: { batch_id: 'b', status: 'PARTIAL', ...counts } });
  const names = ['batch_total', 'batch_failed', 'batch_successful', 'batch_failed_ratio'];

  test.each([
    [
      { total_messages: 10, failed_messages: 2 },
      { batch_total: 10, batch_failed: 2, batch_successful: 8, batch_failed_ratio: 0.2 },
    ],
    [
      { total_messages: 10, successful_messages: 9 },
      { batch_total: 10, batch_failed: 1, batch_successful: 9, batch_failed_ratio: 0.1 },
    ],
    [
      { successful_messages: 3, failed_messages: 1 },
      { batch_total: 4, batch_failed: 1, batch_successful: 3, batch_failed_ratio: 0.25 },
    ],
    [
      { total_messages: '10', failed_messages: '5' },
      { batch_total: 10, batch_failed: 5, batch_successful: 5, batch_failed_ratio: 0.5 },
    ],
    [
      { total_messages: 0, failed_messages: 0 },
      { batch_total: 0, batch_failed: 0, batch_successful: 0 },
    ],
    [{ failed_messages: 2 }, { batch_failed: 2 }],
    [{}, {}],
  ])('of %j', async (counts, expected) => {
    expect(factsOf(await read(batch(counts)), names)).toEqual(expected);
  });

  test.each([
    [['RATE_LIMITED'], ['RATE_LIMITED']],
    [[{ code: 'RATE_LIMITED', count: 3 }], ['RATE_LIMITED']],
    [{ RATE_LIMITED: 3 }, ['RATE_LIMITED']],
    ['RATE_LIMITED', undefined],
  ])('that failed for %j', async (failure_reasons, expected) => {
    const { batch_failure_reasons } = factsOf(await read(batch({ failure_reasons })), ['batch_failure_reasons']);
    expect(batch_failure_reasons).toEqual(expected);
  });
});
