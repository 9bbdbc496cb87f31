import { describe, expect, test } from 'vitest';
import { readCallbacks } from '../../src/callbacks/callback.ts';
import { readSecrets, verifySignature } from '../../src/callbacks/signature.ts';
import { factsOf, read } from '../../src/samples/samples.ts';

const inbound = (fields: object) => ({
  id: 'mo-1',
  type: 'mo_text',
  from: '+12025550143',
  to: '12025550100',
  received_at: '2026-11-02T09:15:00.871Z',
  ...fields,
});

describe('an inbound message of the SMS API', () => {
  test('is MESSAGE_INBOUND', async () => {
    const callback = await read(inbound({ body: 'Stop', client_reference: 'ref-1' }));
    expect(callback.trigger).toBe('MESSAGE_INBOUND');
    expect(callback.eventTime).toBe(Date.parse('2026-11-02T09:15:00.871Z'));
    const names = ['channel', 'identity', 'text', 'keyword', 'sender_id', 'message_id', 'metadata'];
    expect(factsOf(callback, names)).toEqual({
      channel: 'SMS',
      identity: '+12025550143',
      text: 'Stop',
      keyword: 'STOP',
      sender_id: '12025550100',
      message_id: 'mo-1',
      metadata: 'ref-1',
    });
  });

  test.each<[string, object, object]>([
    [
      'binary text',
      { type: 'mo_binary', body: btoa('STOP'), udh: '00' },
      { channel: 'SMS', text: 'STOP' },
    ],
    [
      'binary text behind a byte order mark',
      { type: 'mo_binary', body: btoa('\xef\xbb\xbfSTOP'), udh: '00' },
      { channel: 'SMS', text: 'STOP' },
    ],
    ['binary data', { type: 'mo_binary', body: btoa('\x00\x01\xff') }, { channel: 'SMS' }],
    ['an MMS', { type: 'mo_media', body: { message: 'STOP' } }, { channel: 'MMS', text: 'STOP' }],
    [
      'a subject',
      { type: 'mo_media', body: { subject: 'STOP' } },
      { channel: 'MMS', text: 'STOP' },
    ],
    [
      'a picture',
      { type: 'mo_media', body: { message: 'look', media: [{ url: 'https://x.test/a.png' }] } },
      { channel: 'MMS', text: 'look', media_url: 'https://x.test/a.png' },
    ],
    ['an odd body', { type: 'mo_text', body: { a: 1 } }, { channel: 'SMS' }],
  ])('with %s', async (_, fields, expected) => {
    const callback = await read(inbound(fields));
    expect(factsOf(callback, ['channel', 'text', 'media_url'])).toEqual(expected);
  });

  test('is not taken for one when a Conversation payload is there', async () => {
    const both = { ...inbound({ body: 'STOP' }), event: { id: 'e' } };
    expect((await read(both)).trigger).toBe('EVENT_INBOUND');
  });
});

describe('a delivery report of the SMS API', () => {
  const lists = { 'failure-permanent': ['SMS:257', 'SMS:402'], 'failure-transient': ['404'] };
  const report = {
    type: 'recipient_delivery_report_sms',
    batch_id: 'batch-1',
    recipient: '12025550143',
    at: '2026-11-02T09:15:00.871Z',
  };
  test.each([
    ['Queued', 400, 'QUEUED_ON_CHANNEL', undefined],
    ['Dispatched', 401, 'QUEUED_ON_CHANNEL', undefined],
    ['Delivered', 0, 'DELIVERED', undefined],
    ['Failed', 257, 'FAILED', 'permanent'],
    ['Aborted', '402', 'FAILED', 'permanent'],
    ['Expired', 404, 'FAILED', 'uncertain'],
    ['Unknown', 0, 'FAILED', 'uncertain'],
  ])('%s %s is %s', async (status, code, expected, failure) => {
    const callback = await read({ ...report, status, code });
    expect(callback.trigger).toBe('SMS_DELIVERY');
    expect(callback.fact('status', lists)).toBe(expected);
    expect(callback.fact('failure_class', lists)).toBe(failure);
    expect(factsOf(callback, ['channel', 'identity', 'batch_id', 'recipients'])).toEqual({
      channel: 'SMS',
      identity: '12025550143',
      batch_id: 'batch-1',
      recipients: 1,
    });
  });

  test('of a batch is one for each recipient it names, and one for each other state', async () => {
    const body = {
      type: 'delivery_report_mms',
      batch_id: 'batch-1',
      total_message_count: 5,
      statuses: [
        { code: 257, status: 'Failed', count: 2, recipients: ['12025550143', 12025550144] },
        { code: 0, status: 'Delivered', count: 3 },
      ],
    };
    const callbacks = await readCallbacks(new TextEncoder().encode(JSON.stringify(body)), 1);
    expect(
      callbacks.map((callback) =>
        factsOf(callback, ['channel', 'identity', 'status', 'recipients']),
      ),
    ).toEqual([
      { channel: 'MMS', identity: '12025550143', status: 'FAILED', recipients: 1 },
      { channel: 'MMS', identity: '12025550144', status: 'FAILED', recipients: 1 },
      { channel: 'MMS', status: 'DELIVERED', recipients: 3 },
    ]);
    expect(new Set(callbacks.map(({ id }) => id)).size).toBe(3);
  });

  test('is signed like a callback of the Conversation API (vector of Sinch’s Node SDK)', async () => {
    const body =
      '{"at":"2025-01-13T09:22:40.914Z","batch_id":"01JHFFHQ0P99JPPNQPJDV7JTBP","client_reference":"a client reference","code":0,"operator_status_at":"2025-01-13T09:22:00Z","recipient":"33662162466","status":"Delivered","type":"recipient_delivery_report_sms"}';
    const headers = new Headers({
      'x-sinch-webhook-signature': 'ZoHei66PPN/kZjw7hFVfGhJOnml3iGNCMWoyQVcE5o0=',
      'x-sinch-webhook-signature-algorithm': 'HmacSHA256',
      'x-sinch-webhook-signature-nonce': '01JHFFHWYY7HSS4FWTMDTQEK8V',
      'x-sinch-webhook-signature-timestamp': '1736760161',
    });
    await expect(
      verifySignature({
        headers,
        body: new TextEncoder().encode(body),
        secrets: readSecrets('SMSWebhooksSecret'),
        now: 1_736_760_161_000,
        maxAge: 86_400_000,
      }),
    ).resolves.toBeDefined();
  });
});

describe('a webhook of the Provisioning API', () => {
  const sender = {
    id: 'sender-1',
    state: 'SUSPENDED',
    conversationApiApp: 'APP1',
    bearerToken: 'secret-bearer',
    countryCode: '48',
    phoneNumber: '777777777',
    details: { displayName: 'Example', authToken: 'secret-auth' },
  };
  test.each<[string, object]>([
    ['at the top', { trigger: 'WHATSAPP_SENDER_INACTIVE', ...sender }],
    ['in a payload', { trigger: 'WHATSAPP_SENDER_INACTIVE', payload: sender }],
    ['in a text', { event: 'WHATSAPP_SENDER_INACTIVE', payload: JSON.stringify(sender) }],
    ['two levels down', { data: { eventType: 'WHATSAPP_SENDER_INACTIVE', sender } }],
  ])('with its resource %s is CHANNEL_EVENT, without its tokens', async (_, body) => {
    const callback = await read(body);
    expect(callback.trigger).toBe('CHANNEL_EVENT');
    expect(
      factsOf(callback, ['app_id', 'channel', 'event_type', 'number_status', 'sender_id']),
    ).toEqual({
      app_id: 'APP1',
      channel: 'WHATSAPP',
      event_type: 'WHATSAPP_SENDER_INACTIVE',
      number_status: 'SUSPENDED',
      sender_id: '48777777777',
    });
    expect(JSON.stringify(callback)).not.toMatch(/secret-/);
    expect((await read(callback.raw)).id).toBe(callback.id);
  });

  test('of no known trigger is UNKNOWN, and its tokens are not kept either', async () => {
    const callback = await read({ trigger: 'FAX_SENDER_NEW', data: sender });
    expect(callback.trigger).toBe('UNKNOWN');
    expect(callback.raw).not.toMatch(/secret-/);
    expect(callback.raw).toMatch(/777777777/);
  });
});
