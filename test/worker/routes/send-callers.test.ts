import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../../src/services.ts';
import { type Box, env, openBox } from '../box.ts';
import { reset } from '../storage.ts';
import { request, send, sent, token } from './sending.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const lookups = () =>
  vi.mocked(globalThis.fetch).mock.calls.filter(([input]) => String(input).includes('/messages?'))
    .length;
const project = (box: Box) => open(box.bindings).objects.senders.of('test-project', 'SINCH-API');

describe('a caller of /send whom Sinch has not accepted', () => {
  test('stops nothing: a 429 to the look-up slows neither others nor our own calls', async () => {
    const box = openBox();
    const known = token();
    expect((await send(box, request(), { authorization: known })).status).toBe(200);
    await box.faults({ kind: 'messages:list', answers: [{ status: 429, retry_after: 600 }] });
    const answer = await send(box, request(), { authorization: 'Bearer made-up' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '600']);
    expect((await project(box).read(Date.now())).throttle).toBeNull();
    expect((await send(box, request(), { authorization: known })).status).toBe(200);
    expect(await sent(box)).toHaveLength(2);
  });

  test('takes nothing from the rate of the project', async () => {
    const box = openBox();
    const left = async () =>
      (
        await project(box).permit({
          content: 'other',
          count: 1_000,
          now: Date.now(),
          or: '400/second',
        })
      ).granted;
    for (let n = 0; n < 5; n++)
      await send(box, request(), { authorization: `Bearer made-up-${n}` });
    expect(await left()).toBe(400);
  });

  test('is refused for a minute without another look-up', async () => {
    const box = openBox();
    for (let n = 0; n < 3; n++)
      expect((await send(box, request(), { authorization: token(false) })).status).toBe(401);
    expect(lookups()).toBe(1);
    const refused = token(false);
    await send(box, request(), { authorization: refused });
    vi.setSystemTime(Date.now() + 61_000);
    await send(box, request(), { authorization: refused });
    expect(lookups()).toBe(2);
  });

  test('is not held by Prefer: wait, and its body is not read', async () => {
    const box = openBox();
    const wait = vi.spyOn(scheduler, 'wait');
    await project(box).permit({ content: 'other', count: 400, now: Date.now(), or: '400/second' });
    const headers = { authorization: token(false), prefer: 'wait=30' };
    expect((await send(box, 'no JSON', headers)).status).toBe(401);
    expect(wait).not.toHaveBeenCalled();
  });

  test('is looked up once, however many of its requests arrive at the same time', async () => {
    const box = openBox();
    const authorization = token();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send(box, request(), { authorization })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(lookups()).toBe(1);
  });

  test.each([
    ['address', { 'cf-connecting-ip': '192.0.2.7' }, (n: number) => `Bearer made-up-${n}`],
    ['credential', {}, () => 'Bearer local-token-4102444800000'],
  ] as const)('is bounded by %s in the real binding', async (part, headers, authorization) => {
    const box = openBox();
    const name = part === 'address' ? 'LOOKUPS_PER_ADDRESS' : 'LOOKUPS_PER_CREDENTIAL';
    Object.assign(box.bindings, { [name]: env[name] });
    const statuses: number[] = [];
    for (let n = 0; n < 25; n++) {
      // What was accepted is remembered for five minutes.
      vi.setSystemTime(Date.now() + (part === 'credential' ? 301_000 : 0));
      const answer = await send(box, request(), { ...headers, authorization: authorization(n) });
      statuses.push(answer.status);
    }
    expect(statuses.filter((status) => status !== 429).length).toBeLessThanOrEqual(20);
    expect(statuses).toContain(429);
  });
});
