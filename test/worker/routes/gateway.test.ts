import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Box, openBox } from '../box.ts';
import { APP, inbound, PERSON } from '../sample.ts';
import { reset } from '../storage.ts';
import { request, send, sent, token, URL_OF } from './sending.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const PROJECT = '/send/v1/projects/test-project';
const CONTACTS = { '01JCONTACT': [{ channel: 'SMS', identity: PERSON }] };

/** Adds headers to every answer of the local Sinch. */
function withHeaders(added: Record<string, string>): void {
  const fetch = vi.mocked(globalThis.fetch);
  const sinch = fetch.getMockImplementation();
  fetch.mockImplementation(async (input, init) => {
    const answer = await sinch?.(input, init);
    if (!answer) throw new Error('no local Sinch');
    const headers = new Headers(answer.headers);
    for (const [name, value] of Object.entries(added)) headers.set(name, value);
    return new Response(answer.body, { status: answer.status, headers });
  });
}
async function stop(box: Box, to: string, duration: string): Promise<void> {
  const limit = { to, for: duration, content: 'marketing', actor: 'ines', reason: 'campaign' };
  const init = { method: 'PUT', body: JSON.stringify(limit) };
  expect((await box.ask(`/v1/senders/${APP}/SMS/throttle`, init)).status).toBe(200);
}

describe('a 401 of Sinch', () => {
  test.each([
    ['to the look-up of the caller', URL_OF('test-project'), request()],
    ['to a call that is passed through', `${PROJECT}/capability:query`, {}],
  ])('states that the token has expired, unchanged: %s', async (_, path, body) => {
    const box = openBox();
    const authorization = token(false);
    for (let n = 0; n < 2; n++) {
      const answer = await send(box, body, { authorization }, path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error=.*Jwt expired at /);
      expect(await answer.json()).toMatchObject({ error: { status: 'UNAUTHENTICATED' } });
    }
  });

  test('to the look-up of a contact comes back, too, after the token was accepted', async () => {
    const box = openBox({ contacts: CONTACTS });
    const authorization = `Bearer local-token-${Date.now() + 60_000}`;
    const body = request({ recipient: { contact_id: '01JCONTACT' } });
    expect((await send(box, body, { authorization })).status).toBe(200);
    vi.setSystemTime(Date.now() + 61_000);
    const answer = await send(box, body, { authorization });
    expect(answer.headers.get('www-authenticate')).toContain('expired');
    expect(answer.status).toBe(401);
    expect(await sent(box)).toHaveLength(1);
  });
});

describe('an answer of Sinch', () => {
  test.each([
    ['to a message', (box: Box) => send(box, request())],
    [
      'to another call',
      (box: Box) =>
        box.ask(`${PROJECT}/contacts/01JCONTACT`, { headers: { authorization: token() } }),
    ],
  ])('keeps its own headers and gets none of ours: %s', async (_, ask) => {
    const box = openBox({ contacts: CONTACTS });
    withHeaders({ 'strict-transport-security': 'max-age=1', 'x-sinch': 'yes' });
    const { status, headers } = await ask(box);
    expect(status).toBe(200);
    expect(headers.get('strict-transport-security')).toBe('max-age=1');
    expect(headers.get('x-sinch')).toBe('yes');
    expect(headers.get('x-frame-options')).toBeNull();
  });
});

describe('a stopped sender', () => {
  test('is told until when and why, as an error that clients do not wait for', async () => {
    const box = openBox();
    await stop(box, '0', '3h');
    const answer = await send(box, request());
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([403, null]);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const body = await answer.json<Record<string, unknown>>();
    expect(body).toMatchObject({
      type: 'urn:signalbox:problem:sender_stopped',
      until: '2026-11-20T15:00:00.000Z',
      reason: expect.any(String),
      error: {
        code: 403,
        status: 'PERMISSION_DENIED',
        message: expect.stringContaining('until 2026-11-20T15:00:00.000Z'),
        details: [{ code: 'sender_stopped', until: '2026-11-20T15:00:00.000Z' }],
      },
    });
    // The .NET SDK fails on a text here.
    expect(body).not.toHaveProperty('code');
    expect(await sent(box)).toEqual([]);
  });

  test('for less than a minute more is worth waiting for', async () => {
    const box = openBox();
    await stop(box, '0', '3h');
    vi.setSystemTime(Date.now() + 3 * 3_600_000 - 40_000);
    const answer = await send(box, request());
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '40']);
  });

  test('by Sinch’s 429 or a slow rate is told to wait a minute at most, and who limits it', async () => {
    const box = openBox();
    await stop(box, '1/hour', '3h');
    await send(box, request());
    const slow = await send(box, request());
    expect([slow.status, slow.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await slow.text()).toContain('limited to 1/hour');
    await box.faults({ kind: 'events:send', answers: [{ status: 429, retry_after: 600 }] });
    await send(box, { event: { composing_event: {} } }, {}, `${PROJECT}/events:send`);
    const project = await send(box, request({}, '46701740688', 'WHATSAPP'));
    expect([project.status, project.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await project.text()).toContain('Sinch has answered 429');
  });
});

describe('an event', () => {
  const event = (inner: object) => ({ app_id: APP, recipient: request().recipient, event: inner });
  const path = `${PROJECT}/events:send`;

  test.each([
    ['a reply to a comment', { comment_reply_event: { text: 'Hello' } }, 403],
    ['a reply in the other spelling', { commentReplyEvent: { text: 'Hello' } }, 403],
    ['a sign of typing', { composing_event: {} }, 200],
  ])('is checked where it carries text: %s', async (_, inner, status) => {
    const box = openBox();
    await box.take(inbound('STOP'));
    expect((await send(box, event(inner), {}, path)).status).toBe(status);
    expect(await box.arrivals('events:send')).toHaveLength(status === 200 ? 1 : 0);
  });

  test('with text goes to a person who refuses nothing', async () => {
    const box = openBox();
    const body = event({ comment_reply_event: { text: 'Hello' } });
    expect((await send(box, body, {}, path)).status).toBe(200);
    expect((await box.arrivals('events:send'))[0]?.body).toEqual(body);
  });
});

describe('another call of the project', () => {
  const ask = (box: Box, path: string, init: RequestInit = {}) =>
    box.ask(`${PROJECT}/${path}`, { ...init, headers: { authorization: token() } });

  test.each([
    ['a contact', 'contacts/01JCONTACT', {}, 200, 'channel_identities'],
    ['what does not exist', 'contacts/01JNONE', {}, 404, 'NOT_FOUND'],
    ['a list with a query', 'messages?page_size=1', {}, 200, 'next_page_token'],
    ['a post', 'capability:query', { method: 'POST', body: '{}' }, 400, 'field_violations'],
    ['a patch', 'webhooks/none', { method: 'PATCH', body: '{}' }, 400, 'INVALID_ARGUMENT'],
    ['a deletion', 'conversations/x', { method: 'DELETE' }, 404, 'NOT_FOUND'],
  ])('goes to Sinch and comes back: %s', async (_, path, init, status, text) => {
    const box = openBox({ contacts: CONTACTS });
    const answer = await ask(box, path, init);
    expect(await answer.clone().text()).toContain(text);
    expect(answer.status).toBe(status);
    const [asked] = vi.mocked(globalThis.fetch).mock.calls.at(-1) ?? [];
    expect(String(asked)).toMatch(
      new RegExp(`/v1/projects/test-project/${path.replace('?', '.')}$`),
    );
  });

  test.each([
    ['GET', 503],
    ['POST', 504],
  ])('without an answer: %s is %i', async (method, status) => {
    const box = openBox();
    box.network.up = false;
    expect((await ask(box, 'contacts', { method })).status).toBe(status);
  });
});

describe('other methods', () => {
  test.each([
    ['PUT', '/v1/may-send', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/v1/dead-letters', 'GET, HEAD'],
  ])('are answered with those that are possible: %s %s', async (method, path, allow) => {
    const answer = await openBox().ask(path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });

  test('do not change what a callback route answers', async () => {
    expect((await openBox().ask('/callbacks', { method: 'PUT' })).status).toBe(404);
  });
});

test.each(['/v1/dead-letters', '/v1/nothing'])('%s is stored by no cache', async (path) => {
  expect((await openBox().ask(path)).headers.get('cache-control')).toBe('no-store');
});

describe('a compressed body', () => {
  const gzip = { 'content-encoding': 'gzip' };

  test.each([
    ['/v1/may-send', 'application/problem+json'],
    [URL_OF('test-project'), 'application/json'],
  ])('is refused, and the answer says what is accepted: %s', async (path, type) => {
    const box = openBox();
    const answer = await box.ask(path, { method: 'POST', body: '{}', headers: gzip });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([415, type]);
    expect(answer.headers.get('accept-encoding')).toBe('identity');
  });

  test('of a callback gets no 415: Sinch would drop it', async () => {
    const answer = await openBox().post(inbound('STOP'), { headers: gzip });
    expect(answer.status).not.toBe(415);
  });
});

describe('a resource with an ETag', () => {
  test('is not sent again to a caller who has it', async () => {
    const box = openBox();
    const first = await box.ask('/v1/rulebooks');
    const etag = first.headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await box.ask('/v1/rulebooks', { headers: { 'if-none-match': known } });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([
        304,
        etag,
        '',
      ]);
      expect(again.headers.get('cache-control')).toBe('no-store');
    }
    const other = await box.ask('/v1/rulebooks', { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  test('still needs a token', async () => {
    const headers = { authorization: '', 'if-none-match': '*' };
    expect((await openBox().ask('/v1/rulebooks', { headers })).status).toBe(401);
  });
});
