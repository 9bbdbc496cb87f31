import { describe, expect, onTestFinished, test } from 'vitest';
import type { Arrival } from './simulator/arrivals.ts';
import { bytesOf } from './simulator/large-files.ts';
import type { StoredMessage } from './simulator/messages.ts';
import { say } from './simulator/say.ts';
import { serveSinch } from './simulator/serve.ts';
import { createSinch, type SinchOptions } from './simulator/sinch.ts';

const NOW = Date.parse('2026-11-01T12:00:00Z');
const BASIC = `Basic ${btoa('local-key-id:local-key-secret')}`;
const PROJECT = '/v1/projects/local-project';

interface Sent {
  message_id: string;
}
interface List {
  messages: StoredMessage[];
}

const greeting = {
  app_id: 'app-1',
  recipient: { identified_by: { channel_identities: [{ channel: 'SMS', identity: '46732001122' }] } },
  message: { text_message: { text: 'Your code is 4711' } },
  message_metadata: '{"order":1}',
};

const earlier: StoredMessage = {
  id: 'message-0',
  app_id: 'app-1',
  direction: 'TO_CONTACT',
  app_message: { text_message: { text: 'Earlier' } },
  channel_identity: { channel: 'SMS', identity: '46732001122', app_id: '' },
  contact_id: 'contact-1',
  conversation_id: 'conversation-1',
  metadata: '',
  accept_time: '2026-11-01T11:00:00.000Z',
  sender_id: '',
  processing_mode: 'CONVERSATION',
  injected: false,
};

/** A local Sinch with a clock that can be moved, a token in hand, and calls that read like sentences. */
async function open(options: Partial<SinchOptions> = {}) {
  const clock = { now: NOW };
  const told: Arrival[] = [];
  const sinch = createSinch({ now: () => clock.now, onArrival: (arrival) => told.push(arrival), ...options });
  const token = async (authorization = BASIC, body = 'grant_type=client_credentials') =>
    sinch.request('/oauth2/token', { method: 'POST', headers: { authorization }, body });
  const { access_token } = await (await token()).json<{ access_token: string }>();
  const headers = { authorization: `Bearer ${access_token}` };
  const post = (path: string, body: unknown, extra: Record<string, string> = headers) =>
    sinch.request(path, {
      method: 'POST',
      headers: extra,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    clock,
    told,
    token,
    post,
    sinch,
    get: (path: string, extra: Record<string, string> = headers) => sinch.request(path, { headers: extra }),
    send: (body: unknown = greeting) => post(`${PROJECT}/messages:send`, body),
    fail: (body: unknown) => post('/faults', body),
    arrivals: async (): Promise<Arrival[]> =>
      (await (await sinch.request('/arrivals')).json<{ arrivals: Arrival[] }>()).arrivals,
  };
}

describe('a token', () => {
  test('is given for the right key', async () => {
    const { token } = await open();
    const answer = await token();
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ expires_in: 3599, token_type: 'bearer' });
  });

  test.each([
    ['a wrong secret', `Basic ${btoa('local-key-id:guess')}`, 'grant_type=client_credentials', 401, 'invalid_client'],
    ['another grant', BASIC, 'grant_type=password', 400, 'unsupported_grant_type'],
  ])('is refused for %s', async (_, authorization, body, status, error) => {
    const { token } = await open();
    const answer = await token(authorization, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error });
  });

  test('runs out', async () => {
    const { clock, send } = await open();
    clock.now += 3_600_000;
    const answer = await send();
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } });
  });

  test('of one project opens no other', async () => {
    const { post } = await open();
    expect((await post('/v1/projects/other/messages:send', greeting)).status).toBe(403);
  });
});

describe('messages:send', () => {
  test('answers with an id and the time', async () => {
    const { send } = await open();
    expect(await (await send()).json()).toEqual({
      message_id: expect.stringMatching(/^\w{26}$/),
      accepted_time: '2026-11-01T12:00:00.000Z',
    });
  });

  test('gives every message an id of its own', async () => {
    const { send } = await open();
    const ids = [await send(), await send()].map(async (answer) => (await answer.json<Sent>()).message_id);
    expect(new Set(await Promise.all(ids)).size).toBe(2);
  });

  test.each([
    ['no app', { ...greeting, app_id: undefined }, 'app_id'],
    ['no recipient', { ...greeting, recipient: undefined }, 'recipient'],
    ['a recipient that is nobody', { ...greeting, recipient: {} }, 'recipient'],
    ['no message', { ...greeting, message: undefined }, 'message'],
    ['an empty message', { ...greeting, message: {} }, 'message'],
    ['two messages in one', { ...greeting, message: { ...greeting.message, media_message: { url: 'x' } } }, 'message'],
    ['metadata that is too long', { ...greeting, message_metadata: 'x'.repeat(1025) }, 'message_metadata'],
    ['text that is no JSON', '{', ''],
  ])('refuses %s in Sinch’s form and names the field', async (_, body, field) => {
    const { send } = await open();
    const answer = await send(body);
    expect(answer.status).toBe(400);
    const { error } = await answer.json<{ error: { details: { field_violations: { field: string }[] }[] } }>();
    expect(error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT', message: expect.any(String) });
    expect(error.details[0]?.field_violations[0]?.field).toBe(field);
  });
});

describe('stored messages', () => {
  test('are given back as Sinch gives them', async () => {
    const { send, get } = await open();
    const { message_id: id } = await (await send()).json<Sent>();
    expect(await (await get(`${PROJECT}/messages/${id}?messages_source=CONVERSATION_SOURCE`)).json()).toMatchObject({
      id,
      app_id: 'app-1',
      direction: 'TO_CONTACT',
      app_message: greeting.message,
      channel_identity: { channel: 'SMS', identity: '46732001122', app_id: '' },
      metadata: '{"order":1}',
      accept_time: '2026-11-01T12:00:00.000Z',
    });
  });

  test.each([
    ['nobody sent it', {}, 'unknown', ''],
    ['another store is asked', { messages: [earlier] }, 'message-0', '?messages_source=DISPATCH_SOURCE'],
  ])('are not found when %s', async (_, options, id, query) => {
    const { get } = await open(options);
    const answer = await get(`${PROJECT}/messages/${id}${query}`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } });
  });

  test.each([
    ['an app in DISPATCH mode', { dispatchApps: ['app-1'] }, greeting],
    ['a message sent as DISPATCH_ONLY', {}, { ...greeting, processing_strategy: 'DISPATCH_ONLY' }],
  ])('do not hold what comes from %s', async (_, options, body) => {
    const { send, get } = await open(options);
    const { message_id: id } = await (await send(body)).json<Sent>();
    expect((await get(`${PROJECT}/messages/${id}`)).status).toBe(404);
    expect(await (await get(`${PROJECT}/messages`)).json()).toMatchObject({ messages: [] });
  });

  test.each([
    ['app_id=app-1', 2],
    ['app_id=app-2', 0],
    ['channel=SMS&channel_identity=46732001122', 2],
    ['channel_identity=46732009999', 0],
    ['contact_id=contact-1', 1],
    ['start_time=2026-11-01T11:30:00Z', 1],
    ['end_time=2026-11-01T11:30:00Z', 1],
    ['page_size=1', 1],
  ])('are listed by %s', async (query, count) => {
    const { send, get } = await open({ messages: [earlier] });
    await send();
    expect((await (await get(`${PROJECT}/messages?${query}`)).json<List>()).messages).toHaveLength(count);
  });

  test('are listed newest first', async () => {
    const { send, get } = await open({ messages: [earlier] });
    const { message_id: id } = await (await send()).json<Sent>();
    const { messages } = await (await get(`${PROJECT}/messages`)).json<List>();
    expect(messages.map((message) => message.id)).toEqual([id, 'message-0']);
  });
});

describe('capability:query', () => {
  test('echoes the question with its request id', async () => {
    const { post } = await open();
    const query = { app_id: 'app-1', recipient: greeting.recipient, request_id: 'request-1' };
    expect(await (await post(`${PROJECT}/capability:query`, query)).json()).toEqual(query);
  });

  test('refuses a question about nobody', async () => {
    const { post } = await open();
    expect((await post(`${PROJECT}/capability:query`, { app_id: 'app-1' })).status).toBe(400);
  });
});

describe('arrivals', () => {
  test('list what came in its order, newest last', async () => {
    const { send, post, arrivals, clock, get } = await open();
    await send();
    clock.now += 1_000;
    await post('/inbox/alerts/ops', { severity: 'critical', title: 'Quality is RED' });
    await get(`${PROJECT}/messages`);
    await post('/inbox/forwards', 'not JSON');
    const list = await arrivals();
    expect(list.map(({ kind, path, answer }) => [kind, path, answer])).toEqual([
      ['messages:send', `${PROJECT}/messages:send`, 200],
      ['alert', '/inbox/alerts/ops', 200],
      ['forward', '/inbox/forwards', 200],
    ]);
    expect(list.map(({ at }) => at)).toEqual([
      '2026-11-01T12:00:00.000Z',
      '2026-11-01T12:00:01.000Z',
      '2026-11-01T12:00:01.000Z',
    ]);
    expect(list.map(({ body }) => body)).toEqual([
      greeting,
      { severity: 'critical', title: 'Quality is RED' },
      'not JSON',
    ]);
  });

  test('name the message that was accepted', async () => {
    const { send, arrivals } = await open();
    const { message_id } = await (await send()).json<Sent>();
    expect(await arrivals()).toMatchObject([{ message_id }]);
  });

  test('keep signing headers and never the Authorization', async () => {
    const { post, arrivals } = await open();
    await post('/inbox/forwards', {}, { authorization: 'Bearer secret', 'webhook-id': 'callback-1' });
    const list = await arrivals();
    expect(list).toMatchObject([{ headers: { 'webhook-id': 'callback-1' } }]);
    expect(JSON.stringify(list)).not.toContain('Bearer');
  });

  test('are told one by one, and forgotten when asked', async () => {
    const { send, told, sinch, arrivals } = await open();
    await send();
    expect(told).toEqual(await arrivals());
    expect((await sinch.request('/arrivals', { method: 'DELETE' })).status).toBe(204);
    expect(await arrivals()).toEqual([]);
  });

  test('are no more than a thousand', async () => {
    const { post, arrivals } = await open();
    for (let count = 0; count < 1_001; count++) await post('/inbox/alerts', { count });
    const list = await arrivals();
    expect(list).toHaveLength(1_000);
    expect(list.at(-1)).toMatchObject({ body: { count: 1_000 } });
  });
});

describe('faults', () => {
  test('answer the next requests and then no more', async () => {
    const { send, fail } = await open();
    await fail({ kind: 'messages:send', answers: [429, 200, { status: 503, retry_after: 3 }] });
    const answers = [await send(), await send(), await send(), await send()];
    expect(answers.map(({ status }) => status)).toEqual([429, 200, 503, 200]);
    expect(await answers[0]?.json()).toMatchObject({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [] } });
    expect(answers[2]?.headers.get('retry-after')).toBe('3');
  });

  test('of one kind leave the others alone', async () => {
    const { send, fail, post } = await open();
    await fail({ kind: 'alert', answers: [500] });
    expect((await send()).status).toBe(200);
    expect((await post('/inbox/alerts', {})).status).toBe(500);
  });

  test('without a kind meet whatever arrives next, but no token and no question', async () => {
    const { token, get, post, fail } = await open();
    await fail({ answers: [500] });
    expect((await token()).status).toBe(200);
    expect((await get(`${PROJECT}/messages`)).status).toBe(200);
    expect((await post('/inbox/forwards', {})).status).toBe(500);
  });

  test.each([
    ['oauth2/token', 'token'],
    ['messages:list', 'list'],
    ['messages:get', 'get'],
  ])('reach %s when it is named', async (kind, call) => {
    const { token, get, fail } = await open({ messages: [earlier] });
    await fail({ kind, answers: [503] });
    const path = call === 'get' ? `${PROJECT}/messages/message-0` : `${PROJECT}/messages`;
    const ask = () => (call === 'token' ? token() : get(path));
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(200);
  });

  test('stand in the arrivals with their answer', async () => {
    const { send, fail, arrivals } = await open();
    await fail({ answers: [429] });
    await send();
    expect(await arrivals()).toMatchObject([{ kind: 'messages:send', answer: 429 }]);
  });

  test('"none" keeps the message and breaks the connection', async () => {
    const { send, fail, arrivals, get } = await open();
    await fail({ answers: ['none'] });
    await expect(send()).rejects.toThrow(/broke before the answer/);
    expect(await arrivals()).toMatchObject([{ kind: 'messages:send', answer: 'none' }]);
    expect((await (await get(`${PROJECT}/messages?app_id=app-1`)).json<List>()).messages).toHaveLength(1);
  });

  test('"lost" breaks the connection and keeps nothing', async () => {
    const { send, fail, arrivals, get } = await open();
    await fail({ answers: ['lost'] });
    await expect(send()).rejects.toThrow(/broke before the request/);
    expect(await arrivals()).toEqual([]);
    expect((await (await get(`${PROJECT}/messages`)).json<List>()).messages).toEqual([]);
  });

  test('are cleared when asked', async () => {
    const { send, fail, sinch } = await open();
    await fail({ answers: [500] });
    await sinch.request('/faults', { method: 'DELETE' });
    expect((await send()).status).toBe(200);
  });

  test.each([[{ answers: [] }], [{ answers: ['maybe'] }], [{}], ['{']])('refuse the order %j', async (order) => {
    const { fail } = await open();
    expect((await fail(order)).status).toBe(400);
  });
});

describe('files', () => {
  test.each([
    ['recording.wav', 'audio/wav'],
    ['a/photo.png', 'image/png'],
    ['note.txt', 'text/plain'],
  ])('gives %s as %s', async (name, type) => {
    const { get } = await open();
    const answer = await get(`/files/${name}`, {});
    expect(answer.headers.get('content-type')).toBe(type);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  test('are as large as asked', async () => {
    const { get } = await open();
    expect((await (await get('/files/big.wav?bytes=100000', {})).arrayBuffer()).byteLength).toBe(100_000);
  });

  test('are what was said of them: broken off, in parts, changed, as long as their host says or keeps to itself', async () => {
    const { sinch } = await open();
    const put = (order: object) =>
      sinch.request('/files/call.wav', { method: 'PUT', body: JSON.stringify({ bytes: 100_000, ...order }) });
    const ask = (range: string, validator = '"v1"') =>
      sinch.request('/files/call.wav', { headers: { range, 'if-range': validator } });
    expect((await put({ breaks: [70_000] })).status).toBe(204);
    await expect((await sinch.request('/files/call.wav')).arrayBuffer()).rejects.toThrow('broke');
    const rest = await ask('bytes=70000-');
    expect([rest.status, rest.headers.get('content-range')]).toEqual([206, 'bytes 70000-99999/100000']);
    expect(new Uint8Array(await rest.arrayBuffer())).toEqual(bytesOf(1, 70_000, 100_000));
    expect((await ask('bytes=100000-')).status).toBe(416);
    await put({ version: 2, length: false });
    const whole = await ask('bytes=70000-');
    expect([whole.status, whole.headers.get('content-length')]).toEqual([200, null]);
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(bytesOf(2, 0, 100_000));
    expect((await put({ bytes: -1 })).status).toBe(400);
    expect(await (await sinch.request('/files')).json()).toMatchObject({
      asked: [{ status: 200, range: null }, { status: 206 }, { status: 416 }, { status: 200, range: 'bytes=70000-' }],
    });
  });

  test('do not exist with an unknown ending', async () => {
    const { get } = await open();
    expect((await get('/files/gone.mp4', {})).status).toBe(404);
  });
});

describe('an arrival as a line', () => {
  const at = '2026-11-01T12:00:00.000Z';
  test.each<[Omit<Arrival, 'at' | 'path'>, string]>([
    [
      { kind: 'messages:send', body: greeting, answer: 200, message_id: '01J' },
      'messages:send to SMS 46…1122 (message 01J): "Your code is 4711"',
    ],
    [
      { kind: 'messages:send', body: { ...greeting, message: { template_message: {} } }, answer: 429 },
      'messages:send to SMS 46…1122: template_message (answered 429)',
    ],
    [
      { kind: 'messages:send', body: greeting, answer: 'none', message_id: '01J' },
      'messages:send to SMS 46…1122 (message 01J): "Your code is 4711" (kept, not answered)',
    ],
    [{ kind: 'messages:send', body: '', answer: 400 }, 'messages:send (answered 400, empty body)'],
    [
      { kind: 'alert', body: { severity: 'critical', title: 'WhatsApp quality is RED for 01J' }, answer: 200 },
      'alert [critical] WhatsApp quality is RED for 01J',
    ],
    [
      { kind: 'alert', body: { text: ':warning: [high] Batch failed' }, answer: 200 },
      'alert :warning: [high] Batch failed',
    ],
    [
      { kind: 'forward', body: { app_id: 'a', message: {} }, answer: 200, headers: { 'webhook-id': 'C1' } },
      'forward of message (C1, signed)',
    ],
    [
      { kind: 'capability:query', body: { app_id: 'a', recipient: { contact_id: 'contact-1' } }, answer: 200 },
      'capability:query for contact contact-1',
    ],
  ])('%j', (arrival, line) => {
    expect(say({ at, path: '/', ...arrival })).toBe(`local Sinch ◂ ${line}`);
  });

  test('stays one short line however long the text', () => {
    const message = { text_message: { text: `First line\nsecond line ${'x'.repeat(500)}` } };
    const line = say({ at, path: '/', kind: 'messages:send', body: { ...greeting, message }, answer: 200 });
    expect(line).toMatch(/"First line second line x+…"$/);
    expect(line.length).toBeLessThan(120);
  });
});

describe('served on a port', () => {
  const serve = async () => {
    const served = await serveSinch(0, { now: () => NOW });
    onTestFinished(served.close);
    return served;
  };

  test('answers as it does in-process', async () => {
    const { url } = await serve();
    expect(await (await fetch(`${url}/arrivals`)).json()).toEqual({ arrivals: [] });
  });

  test('drops the connection where the answer is to be none', async () => {
    const { url } = await serve();
    await fetch(`${url}/faults`, { method: 'POST', body: '{"answers":["none"]}' });
    await expect(fetch(`${url}/inbox/alerts`, { method: 'POST', body: '{}' })).rejects.toThrow('fetch failed');
    expect(await (await fetch(`${url}/arrivals`)).json()).toMatchObject({
      arrivals: [{ kind: 'alert', answer: 'none' }],
    });
  });

  test('says when its port is taken', async () => {
    const { url } = await serve();
    await expect(serveSinch(Number(new URL(url).port), { now: () => NOW })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
