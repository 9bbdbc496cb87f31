import { runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bucket, spend } from '../../../src/objects/senders/token-bucket.ts';
import { perSecond } from '../../../src/rules/model/values.ts';
import { evict, reset } from '../storage.ts';
import { limit, NAME, NOW, record, sender } from './sender.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a permit', () => {
  test('is given for everything while no limit for its content is in force', async () => {
    expect(await sender().permit({ content: 'marketing', count: 1_000, now: NOW })).toEqual({
      granted: 1_000,
    });
    await sender().limit(NAME, limit());
    expect(await sender().permit({ content: 'other', count: 1_000, now: NOW })).toEqual({
      granted: 1_000,
    });
  });

  test('is given up to the rate, then as the bucket refills', async () => {
    await sender().limit(NAME, limit());
    const ask = (count: number, now: number) =>
      sender().permit({ content: 'marketing', count, now });
    expect(await ask(25, NOW)).toEqual({ granted: 10, retryAfter: 6 });
    await evict(sender());
    expect(await ask(1, NOW + 5_999)).toEqual({ granted: 0, retryAfter: 1 });
    expect(await ask(1, NOW + 6_000)).toEqual({ granted: 1 });
    expect(await ask(5, NOW + 18_000)).toEqual({ granted: 2, retryAfter: 6 });
  });

  test('is not given at all under a rate of 0, until that limit ends', async () => {
    await sender().limit(NAME, limit({ rate: '0', until: NOW + 90_000 }));
    expect(await sender().permit({ content: 'marketing', count: 1, now: NOW })).toEqual({
      granted: 0,
      retryAfter: 90,
    });
    expect(await sender().permit({ content: 'marketing', count: 1, now: NOW + 90_000 })).toEqual({
      granted: 1,
    });
  });
});

describe('a permit under a rate that is refilled within a second', () => {
  const ask = (count: number, now: number) =>
    sender().permit({ content: 'other', count, now, or: '4/second' });

  test('writes no row', async () => {
    expect(await ask(3, NOW)).toEqual({ granted: 3 });
    expect(await ask(3, NOW)).toEqual({ granted: 1, retryAfter: 1 });
    await sender().giveBack('other', 2, NOW, '4/second');
    expect(await ask(3, NOW)).toEqual({ granted: 2, retryAfter: 1 });
    expect(await ask(9, NOW + 1_000)).toEqual({ granted: 4, retryAfter: 1 });
    const rows = await runInDurableObject(sender(), (_, { storage }) =>
      storage.sql.exec('SELECT content FROM buckets').toArray(),
    );
    expect(rows).toEqual([]);
  });

  test('follows a limit while one is in force', async () => {
    await sender().limit(NAME, limit({ content: 'other', rate: '0', until: NOW + 90_000 }));
    expect(await ask(1, NOW)).toEqual({ granted: 0, retryAfter: 90 });
    expect(await ask(1, NOW + 90_000)).toEqual({ granted: 1 });
  });
});

describe('a bucket', () => {
  test('is not filled twice for the time between two clocks that differ', () => {
    const { left } = spend({ tokens: 0, at: 10_000 }, '60/minute', 1, 1e12, 4_000);
    expect(left).toEqual({ tokens: 0, at: 10_000 });
    expect(spend(left, '60/minute', 5, 1e12, 10_000).permit.granted).toBe(0);
  });

  const anyAsk = record({
    count: fc.nat({ max: 30 }),
    later: fc.integer({ min: -2_000, max: 60_000 }),
  });

  test('never gives more than it held and refilled, whenever it is asked', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('10/minute', '3/second', '100/hour', '0'),
        fc.array(anyAsk, { maxLength: 40 }),
        (rate, asks) => {
          let bucket: Bucket | undefined;
          let now = 0;
          let last = 0;
          let given = 0;
          for (const { count, later } of asks) {
            now += later;
            last = Math.max(last, now);
            const { permit, left } = spend(bucket, rate, count, 1e12, now);
            bucket = left;
            given += permit.granted;
            expect(permit.granted).toBeLessThanOrEqual(count);
            expect(permit.retryAfter === undefined).toBe(permit.granted === count);
            expect(left.tokens).toBeGreaterThanOrEqual(0);
          }
          const began = asks[0]?.later ?? 0;
          expect(given).toBeLessThanOrEqual(
            Number.parseInt(rate, 10) + (perSecond(rate) * (last - began)) / 1_000 + 0.01,
          );
        },
      ),
    );
  });
});
