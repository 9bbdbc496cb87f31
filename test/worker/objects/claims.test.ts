import { evictDurableObject, reset, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

/** Ahead of the runtime's own clock, so that no alarm rings by itself. */
const NOW = Date.parse('2100-01-01T00:00:00Z');
const LEASE = 60_000;
const DAY = 86_400_000;
const claims = () => env.CLAIMS.getByName('shard-0');

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('a claim', () => {
  test('is taken once, and held until its lease runs out', async () => {
    expect(await claims().take('a', LEASE, NOW)).toBe('taken');
    expect(await claims().take('a', LEASE, NOW)).toBe('held');
    expect(await claims().take('a', LEASE, NOW + LEASE - 1)).toBe('held');
    expect(await claims().take('b', LEASE, NOW)).toBe('taken');
  });

  test('that nobody finished lapses, and taking it then renews the lease', async () => {
    await claims().take('a', LEASE, NOW);
    expect(await claims().take('a', LEASE, NOW + LEASE)).toBe('lapsed');
    expect(await claims().take('a', LEASE, NOW + LEASE + 1)).toBe('held');
  });

  test('that is done stays done, whatever happens to it', async () => {
    await claims().take('a', LEASE, NOW);
    await claims().done('a');
    await claims().free('a');
    await claims().lapse('a');
    expect(await claims().take('a', LEASE, NOW + DAY)).toBe('done');
  });

  test('that was never taken can be done', async () => {
    await claims().done('a');
    expect(await claims().take('a', LEASE, NOW)).toBe('done');
  });

  test('that definitely failed may be taken anew', async () => {
    await claims().take('a', LEASE, NOW);
    await claims().free('a');
    expect(await claims().take('a', LEASE, NOW)).toBe('taken');
  });

  test('of which nobody knows how it ended is lapsed at once', async () => {
    await claims().take('a', LEASE, NOW);
    await claims().lapse('a');
    expect(await claims().take('a', LEASE, NOW)).toBe('lapsed');
  });

  test('is given to one of many that ask at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => claims().take('a', LEASE, NOW)),
    );
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(19);
  });

  test('survives the eviction of its object', async () => {
    await claims().take('a', LEASE, NOW);
    await claims().take('b', LEASE, NOW);
    await claims().done('b');
    await evictDurableObject(claims());
    expect(await claims().take('a', LEASE, NOW)).toBe('held');
    expect(await claims().take('b', LEASE, NOW)).toBe('done');
  });

  test('is forgotten after seven days, and the object then sleeps', async () => {
    await claims().take('a', LEASE, NOW);
    await claims().done('a');
    vi.setSystemTime(NOW + 7 * DAY - 1);
    expect(await runDurableObjectAlarm(claims())).toBe(true);
    expect(await claims().take('a', LEASE, NOW)).toBe('done');
    vi.setSystemTime(NOW + 7 * DAY);
    expect(await runDurableObjectAlarm(claims())).toBe(true);
    expect(await runDurableObjectAlarm(claims())).toBe(false);
    expect(await claims().take('a', LEASE, NOW + 7 * DAY)).toBe('taken');
  });
});
