import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { inbound, rating } from '../sample.ts';
import { reset } from '../storage.ts';
import { request, send, sent, token, URL_OF } from './sending.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a throttle', () => {
  const whatsapp = (more: object = {}) => request(more, '46701740699', 'WHATSAPP');

  test('lets as many pass as it leaves, and tells the rest when to come again', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    for (let count = 0; count < 10; count++) expect((await send(box, whatsapp())).status).toBe(200);
    const late = await send(box, whatsapp());
    expect(late.status).toBe(429);
    expect(late.headers.get('retry-after')).toBe('6');
    expect(await late.json()).toMatchObject({ error: { details: [{ code: 'throttled' }] } });
    expect(
      (await send(box, whatsapp({ message_content_type: 'CONTENT_NOTIFICATION' }))).status,
    ).toBe(200);
    expect(await sent(box)).toHaveLength(11);
  });

  test('is not used by a message that consent forbids, which comes first where both forbid it', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    await box.take(inbound('STOP', { channel: 'WHATSAPP', identity: '46701740600' }));
    const stopped = () => send(box, request({}, '46701740600', 'WHATSAPP'));
    for (let count = 0; count < 12; count++) expect((await stopped()).status).toBe(403);
    for (let count = 0; count < 10; count++) expect((await send(box, whatsapp())).status).toBe(200);
    expect((await send(box, whatsapp())).status).toBe(429);
    expect((await stopped()).status).toBe(403);
  });

  test('is that of the first channel on which somebody is reached', async () => {
    const box = openBox();
    await box.take(rating('RED'));
    const channel_priority_order = ['RCS', 'WHATSAPP'];
    for (let count = 0; count < 10; count++) await send(box, whatsapp({ channel_priority_order }));
    expect((await send(box, whatsapp({ channel_priority_order }))).status).toBe(429);
    expect(await sent(box)).toHaveLength(10);
  });

  test('that cannot be read lets nothing pass', async () => {
    const box = openBox();
    box.bindings.SENDERS = new Proxy(box.bindings.SENDERS, {
      get: () => () => ({ permit: () => Promise.reject(new Error('dead')) }),
    });
    expect(await (await send(box, request())).json()).toMatchObject({
      status: 503,
      error: { details: [{ code: 'throttle_unavailable' }] },
    });
    expect(await sent(box)).toEqual([]);
  });
});

describe('whoever Sinch does not know', () => {
  test.each([
    ['an expired token', () => token(false)],
    ['another scheme', () => 'Basic abc'],
  ])('learns nothing of anybody’s consent: %s', async (_, authorization) => {
    const box = openBox();
    await box.take(inbound('STOP'));
    const answer = await send(box, request(), { authorization: authorization() });
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('STOP');
  });

  test('is not let through without an Authorization', async () => {
    expect((await send(openBox(), request(), { authorization: '' })).status).toBe(401);
  });

  test('cannot be told while Sinch does not answer: nothing is sent', async () => {
    const box = openBox();
    vi.setSystemTime(Date.now() + 1);
    await box.faults({ kind: 'messages:list', answers: ['lost'] });
    expect((await send(box, request())).status).toBe(503);
    expect(await sent(box)).toEqual([]);
  });
});

describe('other requests', () => {
  const call = (path: string) => `/send/v1/projects/test-project/${path}`;
  test.each([
    ['another project', URL_OF('other-project'), 404, 'not_found'],
    ['another project’s contacts', '/send/v1/projects/other-project/contacts', 404, 'not_found'],
    ['an encoded colon', call('messages%3Asend'), 400, 'bad_request'],
    ['a colon encoded twice', call('messages%253Asend'), 400, 'bad_request'],
    ['capitals', call('Messages:SEND'), 400, 'bad_request'],
    ['an empty segment', call('/messages:send'), 400, 'bad_request'],
    ['a trailing slash', call('messages:send/'), 400, 'bad_request'],
    ['an encoded slash', call('contacts%2F..%2Fmessages:send'), 400, 'bad_request'],
    ['encoded dot segments', call('x%2F..%2F..%2Fother-project%2Fcontacts'), 400, 'bad_request'],
    ['an event in disguise', call('events%3Asend'), 400, 'bad_request'],
    ['invalid encoding', call('messages%3Asend%zz'), 400, 'bad_request'],
    ['a batch by its path on a host of its own', call('messages'), 501, 'not_supported'],
    ['another version', '/send/v2/projects/test-project/templates', 501, 'not_supported'],
    ['nothing', '/send', 501, 'not_supported'],
  ])('are not passed on: %s', async (_, path, status, code) => {
    const box = openBox();
    const asked = vi.mocked(globalThis.fetch).mock.calls;
    const answer = await send(box, request(), {}, path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toMatchObject({ error: { code: status, details: [{ code }] } });
    expect(asked).toEqual([]);
  });

  test.each(['GET', 'PUT'])('to send by %s are told the method', async (method) => {
    const answer = await openBox().ask(call('messages:send'), {
      method,
      headers: { 'x-http-method-override': 'POST' },
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
