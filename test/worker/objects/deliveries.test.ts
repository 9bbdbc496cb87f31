import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Recipients } from '../../../src/objects/recipients/recipients.ts';
import { runs } from '../../setup/runs.ts';
import { evict, reset } from '../storage.ts';
import { ADA, BOB, NOW, shard } from './recipient.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe('the last delivery', () => {
  const reached = (at: number, messageId: string, channel = 'SMS') => ({
    channel,
    status: 'DELIVERED',
    at,
    messageId,
  });

  test('is the newest of each channel, in whatever order they arrive', async () => {
    for (const delivery of [reached(2, 'b'), reached(1, 'a'), reached(1, 'c', 'MMS')])
      await shard().noteReached([{ person: ADA, app: '', delivery }]);
    expect((await shard().read([ADA, BOB])).map(({ deliveries }) => deliveries)).toEqual([
      [reached(1, 'c', 'MMS'), reached(2, 'b')],
      undefined,
    ]);
  });
});

describe('deliveries', () => {
  const DAY = 86_400_000;
  const delivery = (at: number) => ({ channel: 'SMS', status: 'READ', at, messageId: String(at) });
  const note = (person: string, one: ReturnType<typeof delivery>) =>
    shard().noteReached([{ person, app: '', delivery: one }]);
  const known = async () =>
    (await shard().read([ADA, BOB])).map(({ deliveries }) => deliveries?.map(({ at }) => at));

  test('are kept for 13 months and a quarter at most, and found in the table of any quarter', async () => {
    await note(ADA, delivery(NOW));
    await note(BOB, delivery(NOW));
    vi.setSystemTime(NOW + 200 * DAY);
    await note(ADA, delivery(NOW + 200 * DAY));
    await note(ADA, delivery(NOW + 100 * DAY));
    expect(await known()).toEqual([[NOW + 200 * DAY], [NOW]]);
    vi.setSystemTime(NOW + 396 * DAY);
    await runDurableObjectAlarm(shard());
    expect(await known()).toEqual([[NOW + 200 * DAY], [NOW]]);
    vi.setSystemTime(NOW + 488 * DAY);
    await runDurableObjectAlarm(shard());
    expect(await known()).toEqual([[NOW + 200 * DAY], undefined]);
    vi.setSystemTime(NOW + 688 * DAY);
    await runDurableObjectAlarm(shard());
    expect(await known()).toEqual([undefined, undefined]);
  });

  /** So many deliveries to people in no order, the `n`-th to person `n`. */
  const many = (count: number, at: number, status = 'DELIVERED') =>
    Array.from({ length: count }, (_, n) => ({
      ...{ person: personAt(n), app: 'app-1' },
      delivery: { channel: 'SMS', status, at, messageId: `${status}-${n}` },
    }));
  const personAt = (n: number): string => ((n * 7_919) % 100_003).toString(36).padStart(4, '0');
  /** Returns how many rows the object writes. */
  const rowsWritten = (work: (instance: Recipients) => Promise<void>): Promise<number> =>
    runInDurableObject(shard(), async (instance, { storage }) => {
      const exec = vi.spyOn(storage.sql, 'exec');
      await work(instance);
      const written = exec.mock.results.reduce((sum, { value }) => sum + value.rowsWritten, 0);
      exec.mockRestore();
      return written;
    });

  test('that come together are one row, and are merged into some hundred of people each', async () => {
    await shard().noteReached(many(1, NOW - 1));
    expect(await rowsWritten((one) => one.noteReached(many(300, NOW)))).toBe(1);
    const first = await rowsWritten((one) => one.noteReached(many(25_000, NOW + 1)));
    expect(first).toBeLessThan(80);
    await shard().noteReached(many(100, NOW + 2, 'READ'));
    await evict(shard());
    const again = await rowsWritten((one) => one.noteReached(many(20_000, NOW + 3)));
    expect(again).toBeLessThan(80);
    const asked = [0, 99, 100, 19_999, 20_000, 24_999, 25_000].map(personAt);
    expect((await shard().read(asked)).map(({ deliveries }) => deliveries?.[0])).toEqual([
      ...[0, 99, 100, 19_999].map((n) => many(20_000, NOW + 3)[n]?.delivery),
      ...[20_000, 24_999].map((n) => many(25_000, NOW + 1)[n]?.delivery),
      undefined,
    ]);
    expect((await shard().readReach(asked)).map(({ uses }) => uses)).toEqual([
      [{ channel: 'SMS', app: 'app-1', kind: 'read', at: NOW + 2 }],
      [{ channel: 'SMS', app: 'app-1', kind: 'read', at: NOW + 2 }],
    ]);
  });

  test('of an erased person go from wherever they are, and those of others stay', async () => {
    await shard().noteReached(many(20_000, NOW));
    await shard().noteReached(many(2, NOW + 1));
    const [ada = '', bob = ''] = [personAt(0), personAt(1)];
    expect(await shard().erase(ada, NOW + 2)).toMatchObject({ deliveries: 1 });
    await shard().noteReached(many(2, NOW + 2));
    await evict(shard());
    expect(
      (await shard().read([ada, bob])).map(({ deliveries }) => deliveries?.map(({ at }) => at)),
    ).toEqual([undefined, [NOW + 2]]);
    const stored = await runInDurableObject(shard(), (_, { storage: { sql } }) =>
      sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB '*_[0-9]*'")
        .toArray()
        .flatMap(({ name }) => sql.exec<{ people: string }>(`SELECT people FROM ${name}`).toArray())
        .filter(({ people }) => people.includes(JSON.stringify(ada))),
    );
    expect(stored).toEqual([]);
  });

  test('are the newest by event time in any order, with any redelivery, evicted or merged at any moment', async () => {
    const note = fc.record({
      person: fc.constantFrom(ADA, BOB),
      app: fc.constantFrom('app-1', 'app-2'),
      channel: fc.constantFrom('SMS', 'RCS'),
      status: fc.constantFrom('DELIVERED', 'READ'),
      at: fc.integer({ min: NOW, max: NOW + 9 }),
    });
    const plan = fc.array(fc.array(note, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.infiniteStream(fc.constantFrom('evict', 'merge', '')),
        async (calls, between) => {
          for (const call of calls) {
            await shard().noteReached(
              call.map(({ person, app, ...delivery }) => ({
                ...{ person, app },
                delivery: { ...delivery, messageId: `${app}-${delivery.status}-${delivery.at}` },
              })),
            );
            const { value } = between.next();
            if (value === 'evict') await evict(shard());
            // People that nobody asks for fill what waits.
            if (value === 'merge') await shard().noteReached(many(20_000, NOW));
          }
          const all = calls.flat();
          const known = await shard().read([ADA, BOB]);
          const reach = new Map(
            (await shard().readReach([ADA, BOB])).map((one) => [one.person, one]),
          );
          for (const [place, person] of [ADA, BOB].entries()) {
            const own = all.filter((one) => one.person === person);
            const newest = [...Map.groupBy(own, ({ channel }) => channel)].map(
              ([channel, some]) => [channel, Math.max(...some.map(({ at }) => at))] as const,
            );
            const seen = (known[place]?.deliveries ?? []).map(({ channel, at }) => [channel, at]);
            expect(seen).toEqual(newest.toSorted());
            const reads = Map.groupBy(
              own.filter(({ status }) => status === 'READ'),
              ({ channel, app }) => `${channel} ${app}`,
            );
            expect(
              new Map(
                reach.get(person)?.uses.map(({ channel, app, at }) => [`${channel} ${app}`, at]),
              ),
            ).toEqual(
              new Map(
                [...reads].map(([key, some]) => [key, Math.max(...some.map(({ at }) => at))]),
              ),
            );
          }
          await reset();
        },
      ),
      { numRuns: runs(15) },
    );
  }, 120_000);
});
