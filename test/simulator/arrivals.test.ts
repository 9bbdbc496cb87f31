import { describe, expect, test } from 'vitest';
import type { Arrival } from '../../src/simulator/arrivals.ts';
import { say } from '../../src/simulator/log.ts';
import { greeting, open, PROJECT, type Sent } from '../../src/simulator/opened.ts';

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
    await post(
      '/inbox/forwards',
      {},
      { authorization: 'Bearer secret', 'webhook-id': 'callback-1' },
    );
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

describe('an arrival as a line', () => {
  const at = '2026-11-01T12:00:00.000Z';
  test.each<[Omit<Arrival, 'at' | 'path'>, string]>([
    [
      { kind: 'messages:send', body: greeting, answer: 200, message_id: '01J' },
      'messages:send to SMS 46…1122 (message 01J): "Your code is 4711"',
    ],
    [
      {
        kind: 'messages:send',
        body: { ...greeting, message: { template_message: {} } },
        answer: 429,
      },
      'messages:send to SMS 46…1122: template_message (answered 429)',
    ],
    [
      { kind: 'messages:send', body: greeting, answer: 'none', message_id: '01J' },
      'messages:send to SMS 46…1122 (message 01J): "Your code is 4711" (kept, not answered)',
    ],
    [{ kind: 'messages:send', body: '', answer: 400 }, 'messages:send (answered 400, empty body)'],
    [
      {
        kind: 'alert',
        body: { severity: 'critical', title: 'WhatsApp quality is RED for 01J' },
        answer: 200,
      },
      'alert [critical] WhatsApp quality is RED for 01J',
    ],
    [
      { kind: 'alert', body: { text: ':warning: [high] Batch failed' }, answer: 200 },
      'alert :warning: [high] Batch failed',
    ],
    [
      {
        kind: 'forward',
        body: { app_id: 'a', message: {} },
        answer: 200,
        headers: { 'webhook-id': 'C1' },
      },
      'forward of message (C1, signed)',
    ],
    [
      {
        kind: 'capability:query',
        body: { app_id: 'a', recipient: { contact_id: 'contact-1' } },
        answer: 200,
      },
      'capability:query for contact contact-1',
    ],
  ])('%j', (arrival, line) => {
    expect(say({ at, path: '/', ...arrival })).toBe(`local Sinch ◂ ${line}`);
  });

  test('stays one short line however long the text', () => {
    const message = { text_message: { text: `First line\nsecond line ${'x'.repeat(500)}` } };
    const line = say({
      at,
      path: '/',
      kind: 'messages:send',
      body: { ...greeting, message },
      answer: 200,
    });
    expect(line).toMatch(/"First line second line x+…"$/);
    expect(line.length).toBeLessThan(120);
  });
});
