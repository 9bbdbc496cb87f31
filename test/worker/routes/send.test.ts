import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, openBox } from '../box.ts';
import { APP, inbound, minutes, PERSON, receipt } from '../sample.ts';
import { reset } from '../storage.ts';
import { request, send, sent, token, URL_OF } from './sending.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a message through Signalbox', () => {
  test('goes to Sinch byte for byte, with the sender’s own Authorization, and Sinch’s answer comes back', async () => {
    const box = openBox();
    const body = `{ "app_id":"${APP}",\n "recipient":{"identified_by":{"channel_identities":[{"channel":"SMS","identity":"+${PERSON}"}]}},"message":{"text_message":{"text":"caf\\u00e9 ☕"}} , "ttl":"60s" }`;
    const authorization = token();
    const answer = await send(
      box,
      body,
      { authorization, 'x-request-id': 'r-1' },
      `${URL_OF('test-project')}?a=b`,
    );
    expect(answer.status, await answer.clone().text()).toBe(200);
    const { message_id } = await answer.json<{ message_id: string }>();
    expect(await sent(box)).toMatchObject([{ message_id, body: { ttl: '60s' } }]);
    const [input, init] = vi.mocked(fetch).mock.lastCall ?? [];
    expect(input).toBe('https://sinch.test/v1/projects/test-project/messages:send?a=b');
    expect(new TextDecoder().decode(init?.body as Uint8Array)).toBe(body);
    const headers = new Headers(init?.headers);
    expect([headers.get('authorization'), headers.get('x-request-id')]).toEqual([
      authorization,
      'r-1',
    ]);
    expect(headers.has('host')).toBe(false);
  });

  test('is kept, sealed, so that a failure can be retried without MESSAGE_SUBMIT', async () => {
    const box = openBox();
    const answer = await send(box, request({ message_metadata: 'order-17' }));
    const { message_id } = await answer.json<{ message_id: string }>();
    await box.take(receipt(message_id, 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3600);
    expect(await sent(box)).toMatchObject([
      {},
      { body: { message: request().message, message_metadata: 'order-17' } },
    ]);
  });

  const whole = {
    message_content_type: 'CONTENT_NOTIFICATION',
    channel_properties: { SMS_SENDER: 'Parcels' },
    ttl: '3600s',
    queue: 'HIGH_PRIORITY',
    processing_strategy: 'DEFAULT',
    conversation_metadata: { appId: 'theirs', contact_id: 7 },
    conversation_metadata_update_strategy: 'MERGE_PATCH',
    callback_url: 'https://shop.example/receipts',
    message_metadata: 'order-17',
    correlation_id: 'corr-1',
    channel_priority_order: ['SMS'],
    message: {
      template_message: {
        omni_template: { template_id: 't', parameters: { contactId: 'theirs' } },
      },
    },
  };

  test('is sent again just as it was sent first, under its own kind of content', async () => {
    const box = openBox();
    const answer = await send(box, request(whole));
    const { message_id } = await answer.json<{ message_id: string }>();
    // Who wants no marketing still gets it: the rule’s default does not make marketing of it.
    const hand = { scope: 'marketing', actor: 'ada', reason: 'x' };
    await box.ask(`/v1/recipients/SMS/${PERSON}`, { method: 'PUT', body: JSON.stringify(hand) });
    await box.take({
      ...receipt(message_id, 'FAILED', { code: 'RATE_LIMITED', metadata: 'order-17' }),
      correlation_id: 'corr-1',
    });
    await box.drain(3600);
    const [first, again] = (await sent(box)).map(({ body }) => body);
    expect(first).toEqual(request(whole));
    expect(again).toEqual({ ...request(whole), recipient: expect.anything() });
  });

  test('is not sent again as something else than it was: who refuses notifications since then gets none', async () => {
    const box = openBox();
    const answer = await send(box, request({ messageContentType: 'CONTENT_NOTIFICATION' }));
    const { message_id } = await answer.json<{ message_id: string }>();
    const hand = { scope: 'notification', actor: 'ada', reason: 'x' };
    await box.ask(`/v1/recipients/SMS/${PERSON}`, { method: 'PUT', body: JSON.stringify(hand) });
    await box.take(receipt(message_id, 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3600);
    expect(await sent(box)).toHaveLength(1);
  });

  test('comes back with whatever Sinch refuses, unchanged', async () => {
    const box = openBox();
    await box.faults({ kind: 'messages:send', answers: [{ status: 429, retry_after: 7 }] });
    const answer = await send(box, request());
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toMatchObject({ error: { code: 429 } });
  });

  test('of which Sinch says nothing is perhaps sent, and the answer says so', async () => {
    const box = openBox();
    await box.faults({ kind: 'messages:send', answers: ['none'] });
    const answer = await send(box, request());
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ error: { details: [{ code: 'send_unsure' }] } });
  });
});

describe('consent', () => {
  test('forbids a message: the code, since when, and the evidence come back, and nothing is sent', async () => {
    const box = openBox();
    const { id } = await box.take(inbound('STOP', { at: minutes(-5) }));
    const answer = await send(box, request());
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({
      error: { code: 403, status: 'PERMISSION_DENIED', details: [{ code: 'consent_forbids' }] },
      detail: 'This person wants no messages at all: they wrote “STOP”. Nothing was sent.',
      reasons: [
        { recipient: 0, channel: 'SMS', code: 'opted_out', since: minutes(-5), decision_id: id },
      ],
    });
    expect(text).not.toContain(PERSON);
    expect(await sent(box)).toEqual([]);
  });

  const byHand = (box: Box, scope: string) =>
    box.ask(`/v1/recipients/SMS/${PERSON}`, {
      method: 'PUT',
      body: JSON.stringify({ scope, actor: 'ada', reason: 'x' }),
    });

  test.each([
    ['marketing', 'CONTENT_MARKETING', 403],
    ['marketing', 'CONTENT_NOTIFICATION', 200],
    ['marketing', undefined, 403],
    ['marketing', 'CONTENT_UNKNOWN', 403],
    ['notification', 'CONTENT_NOTIFICATION', 403],
    ['notification', undefined, 200],
  ])('of %s and a message of %s: %i', async (scope, type, status) => {
    const box = openBox();
    await byHand(box, scope);
    expect((await send(box, request(type ? { message_content_type: type } : {}))).status).toBe(
      status,
    );
  });

  test('is asked for every recipient, in either spelling of the fields', async () => {
    const box = openBox();
    await byHand(box, 'all');
    const both = [
      { channel: 'WHATSAPP', identity: '12025550142' },
      { channel: 'MMS', identity: `+${PERSON}` },
    ];
    const snake = await send(
      box,
      request({ recipient: { identified_by: { channel_identities: both } } }),
    );
    expect(await snake.json()).toMatchObject({
      status: 403,
      reasons: [{ recipient: 1, channel: 'MMS' }],
    });
    const camel = {
      appId: APP,
      recipient: { identifiedBy: { channelIdentities: both } },
      message: request().message,
    };
    expect((await send(box, camel)).status).toBe(403);
    expect(await sent(box)).toEqual([]);
  });

  test('is asked for whoever is named beside fields that are null, as some clients write what is not set', async () => {
    const box = openBox();
    await byHand(box, 'all');
    const nobody = { contact_id: null, app_id: null };
    const named = { channel_identities: [{ channel: 'SMS', identity: PERSON, ...nobody }] };
    const unset = {
      channel_priority_order: null,
      message_metadata: null,
      message_content_type: null,
    };
    const answer = await send(
      box,
      request({ recipient: { contact_id: null, identified_by: named }, ...unset }),
    );
    expect(answer.status).toBe(403);
  });

  test('that cannot be read lets nothing pass', async () => {
    const box = openBox();
    box.bindings.RECIPIENTS = new Proxy(box.bindings.RECIPIENTS, {
      get: () => () => ({ read: () => Promise.reject(new Error('dead')) }),
    });
    const answer = await send(box, request());
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await answer.json()).toMatchObject({
      error: { details: [{ code: 'consent_unavailable' }] },
    });
    expect(await sent(box)).toEqual([]);
  });

  test.each([
    ['no JSON', '{'],
    ['no recipient', request({ recipient: undefined })],
    ['a recipient that names nobody', request({ recipient: {} })],
    ['an empty list', request({ recipient: { identified_by: { channel_identities: [] } } })],
    [
      'an identity without a channel',
      request({ recipient: { identified_by: { channel_identities: [{ identity: '1' }] } } }),
    ],
    ['no app', request({ app_id: undefined })],
    ['one field in two spellings', request({ appId: 'another' })],
  ])('cannot be asked for %s, so it is refused', async (_, body) => {
    const box = openBox();
    const answer = await send(box, body);
    expect(answer.status).toBe(400);
    expect(await sent(box)).toEqual([]);
  });
});
