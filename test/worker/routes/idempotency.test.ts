import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { eventually } from '../../setup/eventually.ts';
import { type Box, openBox } from '../box.ts';
import { APP, inbound } from '../sample.ts';
import { reset } from '../storage.ts';
import { request, send, sent, token } from './sending.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const KEY = { 'idempotency-key': '"order-1042"' };
const codeOf = async (answer: Response) =>
  (await answer.json<{ error: { details: { code: string }[] } }>()).error.details[0]?.code;

/** Holds the calls that send back until the returned function is called. */
function hold(): () => void {
  const fetch = vi.mocked(globalThis.fetch);
  const sinch = fetch.getMockImplementation();
  const gate = Promise.withResolvers<void>();
  fetch.mockImplementation(async (input, init) => {
    if (String(input).includes('messages:send')) await gate.promise;
    const answer = await sinch?.(input, init);
    if (!answer) throw new Error('no local Sinch');
    return answer;
  });
  return gate.resolve;
}
const later = (box: Box, milliseconds: number): void => {
  vi.setSystemTime(Date.now() + milliseconds);
  box.network.up = true;
};

describe('the same Idempotency-Key', () => {
  test('and request is one send with one answer, also with another spelling of the key', async () => {
    const box = openBox();
    const first = await send(box, request(), KEY);
    const again = await send(box, request(), { 'idempotency-key': 'order-1042' });
    expect(again.status).toBe(200);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(await again.text()).toBe(await first.text());
    expect(await sent(box)).toHaveLength(1);
  });

  test('survives a token refresh, and ends after a day', async () => {
    const box = openBox();
    await send(box, request(), { ...KEY, authorization: token() });
    const refreshed = `Bearer local-token-${Date.now() + 7_200_000}`;
    await send(box, request(), { ...KEY, authorization: refreshed });
    expect(await sent(box)).toHaveLength(1);
    later(box, 24 * 3_600_000);
    await send(box, request(), KEY);
    expect(await sent(box)).toHaveLength(2);
  });

  test('with another body is refused, and nothing is sent', async () => {
    const box = openBox();
    await send(box, request(), KEY);
    const other = await send(box, request({ ttl: '10s' }), KEY);
    expect([other.status, await codeOf(other)]).toEqual([422, 'idempotency_key_reused']);
    expect(await sent(box)).toHaveLength(1);
  });

  test('is of one call only: an event is no message', async () => {
    const box = openBox();
    await send(box, request(), KEY);
    const path = '/send/v1/projects/test-project/events:send';
    const event = { app_id: APP, recipient: request().recipient, event: { composing_event: {} } };
    expect((await send(box, event, KEY, path)).status).toBe(200);
    expect((await send(box, event, KEY, path)).headers.get('idempotent-replayed')).toBe('true');
    expect(await box.arrivals('events:send')).toHaveLength(1);
  });

  test('while the first request is in progress is told to ask again, then gets its answer', async () => {
    const box = openBox();
    const release = hold();
    const first = send(box, request(), KEY);
    await eventually(async () => {
      const early = await send(box, request(), KEY);
      expect([early.status, early.headers.get('retry-after')]).toEqual([409, '2']);
      expect(await codeOf(early)).toBe('request_in_progress');
    });
    release();
    const answer = await (await first).text();
    expect(await (await send(box, request(), KEY)).text()).toBe(answer);
    expect(await sent(box)).toHaveLength(1);
  });

  test('whose first request never ended is unsure, and is never sent again', async () => {
    const box = openBox();
    hold();
    // As when its isolate ends: the request never gets its answer.
    void send(box, request(), KEY);
    await eventually(async () => expect((await send(box, request(), KEY)).status).toBe(409));
    later(box, 121_000);
    for (let n = 0; n < 2; n++) {
      const answer = await send(box, request(), KEY);
      expect([answer.status, await codeOf(answer)]).toEqual([504, 'send_unsure']);
    }
    expect(await sent(box)).toEqual([]);
  });
});

describe('a key is used up', () => {
  test.each([
    ['by an answer of Sinch', 400],
    ['by an answer that may follow a send', 502],
    ['by no answer', 504],
  ])('%s: %i', async (_, status) => {
    const box = openBox();
    await box.faults({ kind: 'messages:send', answers: [status === 504 ? 'none' : status] });
    const first = await send(box, request(), KEY);
    const again = await send(box, request(), KEY);
    expect([first.status, again.status]).toEqual([status, status]);
    expect(await sent(box)).toHaveLength(1);
  });

  test('by a refusal, which a START does not change', async () => {
    const box = openBox();
    await box.take(inbound('STOP'));
    expect((await send(box, request(), KEY)).status).toBe(403);
    vi.setSystemTime(Date.now() + 60_000);
    await box.take(inbound('START', { at: new Date(Date.now()).toISOString() }));
    expect((await send(box, request(), KEY)).status).toBe(403);
    expect((await send(box, request(), { 'idempotency-key': 'order-1043' })).status).toBe(200);
  });
});

describe('a key may be used again', () => {
  test.each([
    ['after Sinch’s 500', 500],
    ['after Sinch’s 503', 503],
    ['after a 429', 429],
    ['after a 401', 401],
  ])('%s', async (_, status) => {
    const box = openBox();
    await box.faults({ kind: 'messages:send', answers: [status] });
    expect((await send(box, request(), KEY)).status).toBe(status);
    later(box, 61_000);
    const again = await send(box, request(), KEY);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, null]);
  });

  test('after our own throttle', async () => {
    const box = openBox();
    const limit = { to: '1/minute', for: '3h', content: 'marketing', actor: 'i', reason: 'r' };
    const init = { method: 'PUT', body: JSON.stringify(limit) };
    await box.ask(`/v1/senders/${APP}/SMS/throttle`, init);
    await send(box, request());
    expect((await send(box, request(), KEY)).status).toBe(429);
    later(box, 60_000);
    expect((await send(box, request(), KEY)).status).toBe(200);
  });
});

test.each([
  '""',
  '',
  'ä',
  'x'.repeat(256),
])('a key that cannot be read is refused: %s', async (key) => {
  const box = openBox();
  expect((await send(box, request(), { 'idempotency-key': key })).status).toBe(400);
  expect(await sent(box)).toEqual([]);
});

test('a key and the answer are stored as a hash and encrypted, and are pruned', async () => {
  const box = openBox();
  await send(box, request(), KEY);
  const names = Array.from({ length: 16 }, (_, at) => `shard-${at}`);
  const rows = async () => {
    const all = await Promise.all(
      names.map((name) =>
        runInDurableObject(box.bindings.CLAIMS.getByName(name), (_, state) =>
          state.storage.sql.exec('SELECT * FROM request_keys').toArray(),
        ),
      ),
    );
    return all.flat();
  };
  const [row] = await rows();
  expect(row).toBeDefined();
  expect(JSON.stringify(row)).not.toMatch(/order-1042|message_id|1202555/);
  later(box, 25 * 3_600_000);
  for (const name of names) await runDurableObjectAlarm(box.bindings.CLAIMS.getByName(name));
  expect(await rows()).toEqual([]);
});
