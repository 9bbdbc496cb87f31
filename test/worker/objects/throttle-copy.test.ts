import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { evict, reset } from '../storage.ts';
import { DAY, HOUR, limit, NAME, NOW, rated, sender } from './sender.ts';

const published = () => env.KV.get(`throttle:${NAME}`, 'json');

async function publish(): Promise<boolean> {
  vi.setSystemTime(Date.now() + 1_000);
  return runDurableObjectAlarm(sender());
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('the copy in KV', () => {
  test('is written by the object, and lifted by it when the limit ends', async () => {
    await sender().noteRating(NAME, rated('RED', NOW));
    await sender().limit(NAME, limit());
    await sender().limit(NAME, limit({ rule: 'yellow', rate: '1/second', until: NOW + HOUR }));
    expect(await publish()).toBe(true);
    const throttle = {
      to: '10/minute',
      content: 'marketing',
      until: NOW + 7 * DAY,
      reason: 'quality-red',
    };
    expect(await published()).toMatchObject({
      quality: 'RED',
      since: NOW,
      throttle,
      limits: [{ reason: 'quality-red' }, { reason: 'yellow' }],
    });

    expect(await runInDurableObject(sender(), (_, { storage }) => storage.getAlarm())).toBe(
      NOW + HOUR,
    );
    vi.setSystemTime(NOW + HOUR);
    expect(await runDurableObjectAlarm(sender())).toBe(true);
    expect(await published()).toMatchObject({ throttle, limits: [{ reason: 'quality-red' }] });

    await evict(sender());
    vi.setSystemTime(NOW + 7 * DAY);
    expect(await runDurableObjectAlarm(sender())).toBe(true);
    expect(await published()).toEqual({
      quality: 'RED',
      since: NOW,
      messagingLimit: null,
      throttle: null,
      limits: [],
      as_of: NOW + 7 * DAY,
    });
    expect(await runDurableObjectAlarm(sender())).toBe(false);
  });

  test('comes a second after the first of many changes, not after the last', async () => {
    for (const _ of [1, 2, 3]) {
      await sender().limit(NAME, limit({ callbackId: `${Date.now()}` }));
      vi.setSystemTime(Date.now() + 400);
    }
    expect(await runDurableObjectAlarm(sender())).toBe(true);
    expect(await published()).toMatchObject({ throttle: { to: '10/minute' }, as_of: NOW + 1_200 });
  });

  test('follows a release', async () => {
    await sender().limit(NAME, limit());
    await publish();
    await sender().release(NAME, { at: NOW + 1, callbackId: 'callback-2' });
    await publish();
    expect(await published()).toMatchObject({ throttle: null });
    expect(await runDurableObjectAlarm(sender())).toBe(false);
  });

  test('comes when KV is back', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await sender().limit(NAME, limit());
    await runInDurableObject(sender(), (instance) => {
      // The object's own bindings, which are protected.
      const { KV }: Env = Reflect.get(instance, 'env');
      vi.spyOn(KV, 'put').mockRejectedValueOnce(new Error('KV PUT failed: 500'));
    });
    expect(await publish()).toBe(true);
    expect(await published()).toBeNull();
    vi.setSystemTime(Date.now() + 2_000);
    expect(await runDurableObjectAlarm(sender())).toBe(true);
    expect(await published()).toMatchObject({ throttle: { to: '10/minute' } });
  });
});
