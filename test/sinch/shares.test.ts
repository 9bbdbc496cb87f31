import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CARRIED, openShares } from '../../src/sinch/shares.ts';

describe('the shares of an isolate', () => {
  function open() {
    let now = 1_000_000;
    const asked: number[] = [];
    const shares = openShares(() => now);
    const ask = async (calls: number) => {
      asked.push(calls);
      return calls;
    };
    return {
      ...{ shares, asked },
      take: () => shares.take(1, ask),
      pass: (ms: number) => {
        now += ms;
      },
    };
  }

  test('are asked for one by one while messages are rare', async () => {
    const { take, pass, asked } = open();
    for (let n = 0; n < 5; n++) {
      expect(await take()).toBe(1);
      pass(1_000);
    }
    expect(asked).toEqual([1, 1, 1, 1, 1]);
  });

  test('are asked for as many at a time as were sent lately', async () => {
    const { take, pass, asked } = open();
    for (let n = 0; n < 200; n++) {
      await take();
      pass(1);
    }
    expect(asked.length).toBeLessThan(20);
  });

  test('end when they are old, and when Sinch asks for a pause', async () => {
    const { take, pass, asked, shares } = open();
    await take();
    await take();
    expect(asked).toEqual([1, 2]);
    pass(CARRIED);
    await take();
    expect(asked).toEqual([1, 2, 2]);
    shares.drop();
    await take();
    expect(asked.length).toBe(4);
  });

  test('are asked for alone beside a request that asks for several, and by several again when that failed', async () => {
    const shares = openShares(() => 1_000_000);
    const asked: number[] = [];
    const away = Promise.withResolvers<number>();
    const failing = shares.take(1, () => away.promise);
    const ask = async (calls: number) => {
      asked.push(calls);
      return calls;
    };
    await shares.take(1, ask);
    away.reject(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    await shares.take(1, ask);
    expect(asked).toEqual([1, 3]);
  });

  test('never permit more than was granted, nor a call later than it may be used', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ later: fc.nat({ max: 120 }), granted: fc.integer({ min: 1, max: 9 }) }),
        ),
        async (steps) => {
          let now = 1_000_000;
          const shares = openShares(() => now);
          const grants: { at: number; left: number }[] = [];
          for (const { later, granted } of steps) {
            now += later;
            const taken = await shares.take(1, async (calls) => {
              const size = Math.min(calls, granted);
              grants.push({ at: now, left: size });
              return size;
            });
            expect(taken).toBe(1);
            const used = grants.findLast(({ left }) => left > 0);
            expect(used && now - used.at).toBeLessThan(CARRIED);
            if (used) used.left -= 1;
          }
        },
      ),
    );
  });
});
