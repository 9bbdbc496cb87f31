import { reset } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openBox } from '../box.ts';
import { inbound, rating } from '../sample.ts';
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
    expect(await late.json()).toMatchObject({ code: 'throttled' });
    expect(
      (await send(box, whatsapp({ message_content_type: 'CONTENT_NOTIFICATION' }))).status,
    ).toBe(200);
    expect(await sent(box)).toHaveLength(11);
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
      code: 'throttle_unavailable',
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
  test.each([
    ['another project', URL_OF('other-project'), 'for another project'],
    ['another call', '/send/v1/projects/test-project/capability:query', 'there is nothing at'],
    [
      'another spelling of the path',
      '/send/v1/projects/test-project/messages%3Asend',
      'there is nothing at',
    ],
  ])('are not passed on: %s', async (_, path, detail) => {
    const box = openBox();
    const answer = await send(box, request(), {}, path);
    expect(answer.status).toBe(404);
    expect((await answer.json<{ detail: string }>()).detail).toContain(detail);
    expect(await sent(box)).toEqual([]);
  });
});
