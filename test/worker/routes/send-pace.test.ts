import { afterEach, describe, expect, test, vi } from 'vitest';
import { open } from '../../../src/services.ts';
import { openShared } from '../../../src/sinch/rate.ts';
import { type Box, openBox } from '../box.ts';
import { APP, inbound, minutes, receipt, submitted } from '../sample.ts';
import { reset } from '../storage.ts';
import { request, send, sent, token } from './sending.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

/** The project as a sender: what all calls to Sinch share. */
const project = (box: Box) => open(box.bindings).objects.senders.of('test-project', 'SINCH-API');
/** Uses up what may go out in this second, but for some. */
const useUp = (box: Box, left = 0) =>
  project(box).permit({ content: 'other', count: 400 - left, now: Date.now(), or: '400/second' });
/** Waiting moves the clock; `meanwhile` happens during it. */
function waiting(meanwhile: () => Promise<unknown> = async () => {}): number[] {
  const waits: number[] = [];
  vi.spyOn(scheduler, 'wait').mockImplementation(async (milliseconds) => {
    waits.push(milliseconds / 1000);
    vi.setSystemTime(Date.now() + milliseconds);
    await meanwhile();
  });
  return waits;
}
async function throttle(box: Box, to: string): Promise<void> {
  const limit = { to, for: '1h', content: 'marketing', actor: 'ines', reason: 'campaign' };
  const init = { method: 'PUT', body: JSON.stringify(limit) };
  expect((await box.ask(`/v1/senders/${APP}/SMS/throttle`, init)).status).toBe(200);
}
/** Sinch says 429 to a message, and to leave it alone for so many seconds. */
async function slowed(seconds = 20): Promise<Box> {
  const box = openBox();
  await box.faults({ kind: 'messages:send', answers: [{ status: 429, retry_after: seconds }] });
  expect((await send(box, request())).status).toBe(429);
  return box;
}

describe('the pace of a project', () => {
  test('lets no more go in any second than Sinch allows, not even after a rest', async () => {
    const { bindings } = openBox();
    const { objects, dataKey } = open(bindings);
    const { pace } = openShared(bindings.KV, dataKey, objects, 'test-project', () => Date.now());
    let granted = 0;
    for (let step = 0; step <= 20; step++) {
      granted += (await pace(1_000)).granted;
      vi.setSystemTime(Date.now() + 50);
    }
    expect(granted).toBeGreaterThan(700);
    expect(granted).toBeLessThanOrEqual(800);
  });
});

describe('the pace of a project, for a message through Signalbox', () => {
  test('a 429 of Sinch’s is on record for all isolates, and the next message is not even sent', async () => {
    const box = await slowed();
    const shown = await box.ask('/v1/senders/test-project/SINCH-API');
    expect(await shown.json()).toMatchObject({ throttle: { to: '0', reason: 'sinch-429' } });
    const next = await send(box, request());
    expect([next.status, next.headers.get('retry-after')]).toEqual([429, '20']);
    expect(await next.json()).toMatchObject({
      error: { details: [{ code: 'throttled' }] },
      detail: expect.stringContaining('nothing was sent'),
    });
    expect(await sent(box)).toHaveLength(1);
  });

  test('a 429 to a look-up of a contact slows everybody down, too', async () => {
    const contacts = { '01JCONTACT': [{ channel: 'SMS', identity: '46701740688' }] };
    const box = openBox({ contacts });
    await box.faults({ kind: 'contacts:get', answers: [{ status: 429, retry_after: 9 }] });
    const answer = await send(box, request({ recipient: { contact_id: '01JCONTACT' } }));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '9']);
    expect((await project(box).read(Date.now())).throttle).toMatchObject({ to: '0' });
  });

  test('a 429 told to a sender holds our own retries back as well', async () => {
    const box = await slowed(600);
    await box.take(submitted('01JPACE'));
    await box.take(receipt('01JPACE', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(500);
    expect(await sent(box)).toHaveLength(1);
    await box.drain(7200);
    expect(await sent(box)).toHaveLength(2);
  });

  test('is spent by messages that are passed on, and what is over it is told when to come again', async () => {
    const box = openBox();
    await send(box, request());
    vi.setSystemTime(Date.now() + 2_000);
    const authorization = token();
    await send(box, request(), { authorization });
    vi.setSystemTime(Date.now() + 2_000);
    await useUp(box, 1);
    expect((await send(box, request(), { authorization })).status).toBe(200);
    const late = await send(box, request(), { authorization });
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await sent(box)).toHaveLength(3);
  });

  test('is waited for by a sender that would rather wait', async () => {
    const box = await slowed(20);
    const waits = waiting();
    const authorization = token();
    expect((await send(box, request(), { authorization, prefer: 'wait=10' })).status).toBe(429);
    expect((await send(box, request(), { authorization, prefer: 'wait=20' })).status).toBe(200);
    expect(waits).toEqual([20]);
  });

  test('waited for together with the sender’s own permit, takes no longer than the sender said', async () => {
    const box = await slowed(20);
    await throttle(box, '3/minute');
    const { senders } = open(box.bindings).objects;
    await senders.of(APP, 'SMS').permit({ content: 'marketing', count: 3, now: Date.now() });
    const waits = waiting();
    const late = await send(box, request(), { prefer: 'wait=19' });
    expect([late.status, waits]).toEqual([429, []]);
    expect((await send(box, request(), { prefer: 'wait=20' })).status).toBe(200);
    expect(waits).toEqual([20]);
  });

  test('a STOP that comes while it is waited for is obeyed', async () => {
    const box = await slowed(5);
    waiting(() => box.take(inbound('STOP', { at: minutes(1) })));
    expect((await send(box, request(), { prefer: 'wait=5' })).status).toBe(403);
    expect(await sent(box)).toHaveLength(1);
  });

  test('a message that it holds back does not use up its sender’s permit', async () => {
    const box = await slowed(20);
    await throttle(box, '1/hour');
    for (let count = 0; count < 3; count++)
      expect((await send(box, request())).headers.get('retry-after')).toBe('20');
    vi.setSystemTime(Date.now() + 21_000);
    expect((await send(box, request())).status).toBe(200);
  });

  test.each([
    [400, 'is not used up by what Sinch did not take', 200],
    [500, 'is not used up by what Sinch did not take', 200],
    [504, 'is used up by what may have gone out', 429],
  ])('a sender’s permit, where Sinch says %i, %s', async (first, _, second) => {
    const box = openBox();
    await throttle(box, '1/hour');
    await box.faults({ kind: 'messages:send', answers: [first] });
    expect((await send(box, request())).status).toBe(first);
    expect((await send(box, request())).status).toBe(second);
  });

  test('costs a message one call to the object that keeps it, with and without a look-up', async () => {
    const box = openBox({
      contacts: { '01JCONTACT': [{ channel: 'SMS', identity: '46701740688' }] },
    });
    vi.setSystemTime(Date.now() + 60_000);
    const asked: string[] = [];
    const { SENDERS } = box.bindings;
    box.bindings.SENDERS = new Proxy(SENDERS, {
      get: (namespace, name) =>
        name === 'getByName'
          ? (id: string) => {
              const stub = namespace.getByName(id);
              return {
                permit: (order: Parameters<typeof stub.permit>[0]) => {
                  asked.push(id);
                  return stub.permit(order);
                },
              };
            }
          : Reflect.get(namespace, name, namespace),
    });
    const calls = async (body: object) => {
      asked.length = 0;
      expect((await send(box, body)).status).toBe(200);
      return asked.filter((id) => id.endsWith('SINCH-API')).length;
    };
    expect(await calls(request())).toBe(1);
    expect(await calls(request())).toBe(1);
    expect(await calls(request({ recipient: { contact_id: '01JCONTACT' } }))).toBe(1);
  });
});
