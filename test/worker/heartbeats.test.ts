import { afterEach, describe, expect, test, vi } from 'vitest';
import worker from '../../src/worker.ts';
import { type Box, openBox } from './box.ts';
import { publish, rules } from './publisher.ts';
import { APP, inbound, receipt } from './sample.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const BEAT = { trigger: 'MESSAGE_INBOUND', quiet_for: '1h', severity: 'critical' };

/** Publishes the frozen rules with these heartbeats. */
async function listen(box: Box, ...heartbeats: readonly object[]): Promise<void> {
  const source = rules();
  await publish(
    box,
    { ...source, alerts: { ...Object(source.alerts), heartbeats } },
    '?activate=true',
  );
}
/** An open box with these heartbeats. */
async function listening(...heartbeats: readonly object[]): Promise<Box> {
  const box = openBox();
  await listen(box, ...heartbeats);
  return box;
}
let count = 0;
const hear = (box: Box, callback: object = inbound('hello', { id: `in-${count++}` })) =>
  box.take(callback);
const told = async (box: Box) =>
  (await box.arrivals('alert'))
    .filter(({ body }) => String(body.rule).startsWith('heartbeat-'))
    .map(({ body }) => `${body.state} ${body.severity} ${body.title}`);
const health = async (box: Box) =>
  (await box.ask('/healthz')).json<{ troubles: string[]; heartbeats: Record<string, unknown>[] }>();
/** Lets minutes pass, step by step: alarms ring in between. */
const pass = (box: Box, minutes: number) => box.drain(minutes * 60);

describe('a heartbeat', () => {
  test('that falls silent raises one alert, and the next callback resolves it', async () => {
    const box = await listening(BEAT);
    await hear(box);
    await pass(box, 59);
    expect(await told(box)).toEqual([]);
    await pass(box, 5);
    expect(await told(box)).toEqual(['firing critical No MESSAGE_INBOUND for 1 hour']);
    await pass(box, 180);
    expect(await told(box)).toHaveLength(1);
    await hear(box);
    await pass(box, 1);
    expect(await told(box)).toEqual([
      'firing critical No MESSAGE_INBOUND for 1 hour',
      'resolved critical No MESSAGE_INBOUND for 1 hour',
    ]);
    await pass(box, 64);
    expect(await told(box)).toHaveLength(3);
  });

  test('starts with the first callback', async () => {
    const box = await listening(BEAT);
    await pass(box, 600);
    expect(await told(box)).toEqual([]);
    expect((await health(box)).heartbeats).toEqual([{ ...BEAT, last_at: null, silent: false }]);
  });

  test('is kept up by callbacks', async () => {
    const box = await listening(BEAT);
    for (let n = 0; n < 12; n++) {
      await hear(box);
      await pass(box, 30);
    }
    expect(await told(box)).toEqual([]);
  });

  test('listens only to its trigger, app and channel', async () => {
    const sms = { ...BEAT, channel: 'SMS', app_id: APP };
    const box = await listening(sms, { ...BEAT, channel: 'RCS' }, { ...BEAT, app_id: 'other' });
    await hear(box);
    for (let n = 0; n < 8; n++) {
      await hear(box, receipt(`message-${n}`, 'DELIVERED'));
      await hear(box, inbound('hello', { id: `rcs-${n}`, channel: 'RCS' }));
      await pass(box, 10);
    }
    expect(await told(box)).toEqual([
      `firing critical No MESSAGE_INBOUND of app ${APP} on SMS for 1 hour`,
    ]);
  });

  test('counts only silence within its hours', async () => {
    // The box opens at noon UTC, 13:00 in Stockholm, on a Friday.
    const hours = {
      from: '09:00',
      to: '14:00',
      timeZone: 'Europe/Stockholm',
      days: ['mon', 'fri'],
    };
    const box = await listening({ ...BEAT, quiet_for: '2h', hours });
    await hear(box);
    await pass(box, 2 * 24 * 60);
    expect(await told(box)).toEqual([]);
    await pass(box, 24 * 60);
    expect(await told(box)).toHaveLength(1);
  });

  test('is shown by /healthz, which names it while it is silent', async () => {
    const box = await listening(BEAT);
    await hear(box);
    await pass(box, 1);
    expect(await health(box)).toMatchObject({
      heartbeats: [{ ...BEAT, last_at: '2026-11-20T12:00:00.000Z', silent: false }],
    });
    await pass(box, 70);
    const { troubles, heartbeats } = await health(box);
    expect(heartbeats).toMatchObject([{ silent: true }]);
    expect(troubles).toContain('no callback of MESSAGE_INBOUND since 2026-11-20 12:00:00 UTC');
  });

  test('that is removed from alerts.json raises nothing, and its alert is resolved within the hour', async () => {
    const box = await listening(BEAT, { ...BEAT, channel: 'SMS' });
    await hear(box);
    await pass(box, 64);
    expect(await told(box)).toHaveLength(2);
    await listen(box);
    const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} };
    const scheduled = { cron: '47 * * * *', scheduledTime: Date.now(), noRetry: () => {} };
    await worker.scheduled(scheduled, box.bindings, context as unknown as ExecutionContext); // only waitUntil is used
    await pass(box, 1);
    expect((await told(box)).filter((one) => one.startsWith('resolved'))).toHaveLength(2);
    expect(await box.bindings.HEARTBEATS.getByName('heartbeats').read()).toEqual([]);
    await pass(box, 600);
    expect(await told(box)).toHaveLength(4);
  });

  test('with a longer duration from now on waits for it', async () => {
    const box = await listening(BEAT);
    await hear(box);
    await listen(box, { ...BEAT, quiet_for: '3h' });
    await pass(box, 120);
    expect(await told(box)).toEqual([]);
    await pass(box, 70);
    expect(await told(box)).toEqual(['firing critical No MESSAGE_INBOUND for 3 hours']);
  });

  test('costs an isolate one call in a twentieth of its duration, and none to other callbacks', async () => {
    const box = openBox();
    const calls = counted(box, () => undefined);
    await listen(box, BEAT);
    for (let n = 0; n < 10; n++) await hear(box);
    for (let n = 0; n < 10; n++) await hear(box, receipt(`cost-${n}`, 'DELIVERED'));
    await box.drain();
    expect(calls.count).toBe(1);
    await pass(box, 3);
    await hear(box);
    await box.drain();
    expect(calls.count).toBe(2);
  });

  test('that cannot be noted is tried again, then with the next callback, and no callback fails', async () => {
    const box = openBox();
    let down = true;
    const calls = counted(box, () => (down ? new Error('overloaded') : undefined));
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    await listen(box, BEAT);
    await hear(box);
    await box.drain();
    expect(calls.count).toBe(3);
    expect(logged.mock.calls.flat()).toContainEqual({
      event: 'heartbeat.not-noted',
      message: 'overloaded',
    });
    down = false;
    await hear(box);
    await box.drain();
    expect((await health(box)).heartbeats).toMatchObject([{ last_at: '2026-11-20T12:00:00.000Z' }]);
  });

  test('whose change cannot be queued is reported by the next alarm', async () => {
    const box = await listening(BEAT);
    await hear(box);
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { EFFECTS } = box.bindings;
    const send = vi.spyOn(EFFECTS, 'send').mockRejectedValue(new Error('queue is down'));
    await pass(box, 65);
    expect(logged.mock.calls.flat()).toContainEqual({
      event: 'heartbeat.not-reported',
      message: 'queue is down',
    });
    send.mockRestore();
    await pass(box, 2);
    expect(await told(box)).toHaveLength(1);
  });
});

/** Counts the calls to the object; `fault` is thrown instead. */
function counted(box: Box, fault: () => Error | undefined): { count: number } {
  const calls = { count: 0 };
  const { HEARTBEATS } = box.bindings;
  box.bindings.HEARTBEATS = new Proxy(HEARTBEATS, {
    get: (namespace, name) => {
      if (name === 'getByName') {
        calls.count += 1;
        const error = fault();
        if (error) throw error;
      }
      const value = Reflect.get(namespace, name, namespace);
      return typeof value === 'function' ? value.bind(namespace) : value;
    },
  });
  return calls;
}
