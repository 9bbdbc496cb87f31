import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { evict, reset } from '../storage.ts';

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
    expect(await claims().take('a', LEASE, NOW, 'one')).toBe('taken');
    expect(await claims().take('a', LEASE, NOW, 'one')).toBe('held');
    expect(await claims().take('a', LEASE, NOW + LEASE - 1, 'one')).toBe('held');
    expect(await claims().take('b', LEASE, NOW, 'one')).toBe('taken');
  });

  test('that nobody finished lapses, and taking it then renews the lease', async () => {
    await claims().take('a', LEASE, NOW, 'one');
    expect(await claims().take('a', LEASE, NOW + LEASE, 'one')).toBe('lapsed');
    expect(await claims().take('a', LEASE, NOW + LEASE + 1, 'one')).toBe('held');
  });

  test('that is done stays done, whatever happens to it', async () => {
    await claims().take('a', LEASE, NOW, 'one');
    await claims().done('a');
    await claims().free('a', 'one');
    await claims().lapse('a', 'one');
    expect(await claims().take('a', LEASE, NOW + DAY, 'one')).toBe('done');
  });

  test('that was never taken can be done', async () => {
    await claims().done('a');
    expect(await claims().take('a', LEASE, NOW, 'one')).toBe('done');
  });

  test('that definitely failed may be taken anew', async () => {
    await claims().take('a', LEASE, NOW, 'one');
    await claims().free('a', 'one');
    expect(await claims().take('a', LEASE, NOW, 'one')).toBe('taken');
  });

  test('of which nobody knows how it ended is lapsed at once', async () => {
    await claims().take('a', LEASE, NOW, 'one');
    await claims().lapse('a', 'one');
    expect(await claims().take('a', LEASE, NOW, 'one')).toBe('lapsed');
  });

  test('is given to one of many that ask at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => claims().take('a', LEASE, NOW, 'one')),
    );
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(19);
  });

  test.each([
    'free',
    'lapse',
  ] as const)('is not affected by the %s of a holder whose lease expired', async (release) => {
    await claims().take('a', LEASE, NOW, 'one');
    expect(await claims().take('a', LEASE, NOW + LEASE, 'two')).toBe('lapsed');
    await claims()[release]('a', 'one');
    expect(await claims().take('a', LEASE, NOW + LEASE + 1, 'three')).toBe('held');
    await claims()[release]('a', 'two');
    expect(await claims().take('a', LEASE, NOW + LEASE + 1, 'three')).not.toBe('held');
  });

  test('survives the eviction of its object', async () => {
    await claims().take('a', LEASE, NOW, 'one');
    await claims().take('b', LEASE, NOW, 'one');
    await claims().done('b');
    await evict(claims());
    expect(await claims().take('a', LEASE, NOW, 'one')).toBe('held');
    expect(await claims().take('b', LEASE, NOW, 'one')).toBe('done');
  });

  test('that was taken and freed on later days is free in every table', async () => {
    await claims().take('a', LEASE, NOW, 'one');
    vi.setSystemTime(NOW + DAY);
    expect(await claims().take('a', LEASE, NOW + DAY, 'two')).toBe('lapsed');
    await claims().free('a', 'two');
    expect(await claims().take('a', LEASE, NOW + DAY, 'three')).toBe('taken');
  });

  test('is forgotten with its table, at most eight days later, and the object then sleeps', async () => {
    await claims().take('a', LEASE, NOW, 'one');
    await claims().done('a');
    vi.setSystemTime(NOW + 8 * DAY - 1);
    expect(await runDurableObjectAlarm(claims())).toBe(true);
    expect(await claims().take('a', LEASE, NOW, 'one')).toBe('done');
    vi.setSystemTime(NOW + 8 * DAY);
    expect(await runDurableObjectAlarm(claims())).toBe(true);
    expect(await runDurableObjectAlarm(claims())).toBe(false);
    expect(await claims().take('a', LEASE, NOW + 8 * DAY, 'one')).toBe('taken');
  });
});
