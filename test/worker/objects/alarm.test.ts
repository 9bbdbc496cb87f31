import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ensureAlarm, setAlarm } from '../../../src/objects/alarm.ts';
import { reset } from '../storage.ts';

const HOUR = 3_600_000;
const AHEAD = Date.parse('2100-01-01T00:00:00Z');
const BEHIND = Date.parse('2020-01-01T00:00:00Z');

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('an alarm', () => {
  test('is set for its time, and a later one replaces it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: AHEAD });
    await runInDurableObject(env.CLAIMS.getByName('shard-0'), async (_, { storage }) => {
      await setAlarm(storage, AHEAD + HOUR);
      expect(await storage.getAlarm()).toBe(AHEAD + HOUR);
      await setAlarm(storage, AHEAD + 2 * HOUR);
      expect(await storage.getAlarm()).toBe(AHEAD + 2 * HOUR);
    });
  });

  test('for a sweep leaves an earlier one as it is', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: AHEAD });
    await runInDurableObject(env.CLAIMS.getByName('shard-0'), async (_, { storage }) => {
      await ensureAlarm(storage);
      vi.setSystemTime(AHEAD + 1);
      await ensureAlarm(storage);
      expect(await storage.getAlarm()).toBe(AHEAD + HOUR);
    });
  });

  test('rings as much later as asked when our clock is behind the runtime’s, not at once', async () => {
    const real = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: BEHIND });
    await runInDurableObject(env.CLAIMS.getByName('shard-0'), async (_, { storage }) => {
      await setAlarm(storage, BEHIND + HOUR);
      expect(await storage.getAlarm()).toBeGreaterThanOrEqual(real + HOUR);
    });
  });
});
