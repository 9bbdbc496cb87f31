import { listDurableObjectIds, runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { readCallback } from '../../../src/callbacks/callback.ts';
import { deliver } from '../../../src/pipeline/deliver.ts';
import { ingest } from '../../../src/pipeline/ingest.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { open } from '../../../src/services.ts';
import { Effect } from '../../../src/work/effect.ts';
import { env, openBox } from '../box.ts';
import { APP, receipt, submitted } from '../sample.ts';
import { reset } from '../storage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('retry', () => {
  test('without a copy here or at Sinch it is left, with the reason', async () => {
    const box = openBox();
    await box.take(receipt('01JNOCOPY', 'FAILED', { code: 'RATE_LIMITED' }));
    const [message] = box.line.waiting();
    const effect = Effect.entries ? (message?.body as Effect) : undefined; // the line holds what perform queued
    if (!effect) throw new Error('nothing was queued');
    expect(await deliver(effect, open(box.bindings))).toMatchObject({
      skipped: expect.stringContaining('no copy of the message'),
    });
  });

  test.each([
    ['{}', {}, 1],
    ['MESSAGE_RETENTION=1h', { MESSAGE_RETENTION: '1h' }, 0],
    ['MESSAGE_RETENTION=3d', { MESSAGE_RETENTION: '3d' }, 1],
  ])('has its copy for a day, or as long as the settings say: %s', async (_, settings, times) => {
    const box = openBox({}, settings);
    await box.take(submitted('01JKEPT'));
    vi.setSystemTime(Date.now() + 2 * 3_600_000);
    for (const id of await listDurableObjectIds(env.MESSAGES))
      await runDurableObjectAlarm(env.MESSAGES.get(id));
    await box.take(
      receipt('01JKEPT', 'FAILED', { code: 'RATE_LIMITED', at: new Date().toISOString() }),
    );
    await box.drain(600);
    expect(await box.arrivals('messages:send')).toHaveLength(times);
  });

  test('waits while the sender is throttled to nothing, and goes out when the throttle ends', async () => {
    const box = openBox();
    const services = open(box.bindings);
    await services.objects.senders.of(APP, 'SMS').limit({
      rule: 'by-hand',
      rate: '0',
      content: 'marketing',
      until: Date.now() + 3_600_000,
      at: Date.now(),
      callbackId: 'x',
    });
    await box.take(submitted('01JTHROTTLED'));
    await box.take(receipt('01JTHROTTLED', 'FAILED', { code: 'RATE_LIMITED' }));
    await box.drain(3000);
    expect(await box.arrivals('messages:send')).toEqual([]);
    await box.drain(7200);
    expect(await box.arrivals('messages:send')).toHaveLength(1);
  });

  test('two rules that both say retry send once', async () => {
    const box = openBox();
    await box.take(submitted('01JTWICE'));
    const services = open(box.bindings);
    const rule = (name: string) => ({
      name,
      why: 'w',
      owner: 'o',
      on: ['MESSAGE_DELIVERY'],
      when: { fact: 'status', operator: 'equal', value: 'FAILED' },
      then: [{ action: 'retry', params: { at_most: 3, first_delay: '1s', within: '1h' } }],
    });
    const { rulebook } = compile(
      {
        rules: { 'one.json': rule('one'), 'two.json': rule('two') },
        lists: {},
        conditions: {},
        alerts: {},
      },
      actions,
      'two',
    );
    const callback = await readCallback(
      new TextEncoder().encode(
        JSON.stringify(receipt('01JTWICE', 'FAILED', { code: 'RATE_LIMITED' })),
      ),
      Date.now(),
    );
    await ingest(callback, { ...services, rulebook: async () => rulebook });
    await box.drain(60);
    expect(await box.arrivals('messages:send')).toHaveLength(1);
  });
});
