import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bucket, spend } from '../../../src/entities/bucket.ts';
import type { Limit, Release } from '../../../src/entities/limits.ts';
import type { RatingNote } from '../../../src/entities/ratings.ts';
import { perSecond } from '../../../src/rules/values.ts';

/** Ahead of the runtime's own clock, so that no alarm rings by itself. */
const NOW = Date.parse('2100-01-01T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NAME = 'app-1:WHATSAPP';
const sender = (name = NAME) => env.SENDERS.getByName(name);
const limit = (more: Partial<Limit> = {}): Limit => ({
  rule: 'quality-red',
  rate: '10/minute',
  content: 'marketing',
  until: NOW + 7 * DAY,
  at: NOW,
  callbackId: 'callback-1',
  ...more,
});
const isLimit = (event: Limit | Release): event is Limit => 'rate' in event;
const rated = (rating: string, at: number, callbackId = `${rating}-${at}`): RatingNote => ({ rating, at, callbackId });
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

/** RPC carries plain objects only. */
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });

describe('a quality rating', () => {
  test('is answered with the one before it by event time; a redelivery gets its first answer', async () => {
    expect(await sender().noteRating(NAME, rated('GREEN', NOW))).toEqual({});
    expect(await sender().noteRating(NAME, rated('RED', NOW + 2))).toEqual({ previous: 'GREEN' });
    expect(await sender().noteRating(NAME, rated('YELLOW', NOW + 1))).toEqual({ previous: 'GREEN' });
    expect(await sender().noteRating(NAME, rated('RED', NOW + 2))).toEqual({ previous: 'GREEN' });
    expect(await sender().noteRating(NAME, rated('GREEN', NOW))).toEqual({});
  });

  test('is preceded by what Sinch says preceded it', async () => {
    await sender().noteRating(NAME, rated('GREEN', NOW));
    expect(await sender().noteRating(NAME, { ...rated('RED', NOW + 1), previous: 'YELLOW' })).toEqual({
      previous: 'YELLOW',
    });
    expect(await sender().noteRating(NAME, rated('RED', NOW + 1))).toEqual({ previous: 'YELLOW' });
  });

  test('of the same moment precedes none', async () => {
    await sender().noteRating(NAME, rated('GREEN', NOW));
    expect(await sender().noteRating(NAME, rated('RED', NOW))).toEqual({});
  });

  test('can be looked at without being kept', async () => {
    await sender().noteRating(NAME, rated('GREEN', NOW));
    expect(await sender().ratingBefore(rated('RED', NOW + 1))).toEqual({ previous: 'GREEN' });
    expect(await sender().read(NOW + 2)).toMatchObject({ quality: 'GREEN', history: { length: 1 } });
  });

  test('has been since it changed, not since it was last said', async () => {
    for (const note of [rated('GREEN', NOW), rated('RED', NOW + 1), rated('RED', NOW + 5)])
      await sender().noteRating(NAME, note);
    expect(await sender().read(NOW + 9)).toMatchObject({ quality: 'RED', since: NOW + 1 });
    await sender().noteRating(NAME, rated('YELLOW', NOW + 3));
    expect(await sender().read(NOW + 9)).toMatchObject({ quality: 'RED', since: NOW + 5 });
  });

  test('is unknown of a sender that nobody heard of', async () => {
    expect(await sender('app-2:SMS').read(NOW)).toEqual({
      quality: null,
      since: null,
      throttle: null,
      limits: [],
      history: [],
    });
  });
});

describe('a limit', () => {
  test('is in force at once, and until its time', async () => {
    await sender().limit(NAME, limit());
    const throttle = { to: '10/minute', content: 'marketing', until: NOW + 7 * DAY, because: 'quality-red' };
    expect(await sender().read(NOW)).toMatchObject({ throttle, limits: [{ ...throttle, since: NOW }] });
    expect((await sender().read(NOW + 7 * DAY - 1)).throttle).toEqual(throttle);
    expect((await sender().read(NOW + 7 * DAY)).throttle).toBeNull();
  });

  test.each<[string, Limit[], (Release | Limit)[], string | null]>([
    ['the strictest of several rules counts', [limit(), limit({ rule: 'yellow', rate: '1/second' })], [], '10/minute'],
    ['a rule’s newer limit replaces its older', [limit(), limit({ rate: '1/second', at: NOW + 1 })], [], '1/second'],
    ['of the same moment the stricter holds', [limit(), limit({ rate: '1/second' })], [], '10/minute'],
    ['0 is the strictest of all', [limit(), limit({ rule: 'restricted', rate: '0' })], [], '0'],
    [
      'one that is over does not count',
      [limit({ until: NOW }), limit({ rule: 'yellow', rate: '1/second' })],
      [],
      '1/second',
    ],
    ['a release ends its rule’s', [limit()], [{ rule: 'quality-red', at: NOW + 1, callbackId: 'r' }], null],
    ['a release of another rule leaves it', [limit()], [{ rule: 'yellow', at: NOW + 1, callbackId: 'r' }], '10/minute'],
    ['a release of all ends every one', [limit(), limit({ rule: 'yellow' })], [{ at: NOW + 1, callbackId: 'r' }], null],
    ['an older release leaves it', [limit()], [{ at: NOW - 1, callbackId: 'r' }], '10/minute'],
    ['a release of the same moment leaves it', [limit()], [{ at: NOW, callbackId: 'r' }], '10/minute'],
    [
      'set again after a release it holds',
      [limit()],
      [{ at: NOW + 1, callbackId: 'r' }, limit({ at: NOW + 2, rate: '5/minute' })],
      '5/minute',
    ],
  ])('%s', async (_, limits, then, to) => {
    const events = [...limits, ...then];
    for (const [name, order] of [
      ['in:order', events],
      ['turned:round', events.toReversed()],
    ] as const) {
      for (const event of order) {
        if (isLimit(event)) await sender(name).limit(name, event);
        else await sender(name).release(name, event);
      }
      expect((await sender(name).read(NOW)).throttle?.to ?? null).toBe(to);
    }
  });

  test.each([[[1, 2]], [[2, 1]]])('of the same moment and rate holds the longer, arriving as %j', async (days) => {
    for (const day of days) await sender().limit(NAME, limit({ until: NOW + day * DAY }));
    expect((await sender().read(NOW)).throttle).toMatchObject({ until: NOW + 2 * DAY });
  });

  test('of one rule may differ by content', async () => {
    await sender().limit(NAME, limit({ rate: '0' }));
    await sender().limit(NAME, limit({ content: 'notification', rate: '1/second' }));
    expect((await sender().read(NOW)).limits.map(({ to, content }) => [to, content])).toEqual([
      ['0', 'marketing'],
      ['1/second', 'notification'],
    ]);
  });

  test('and its release stand in the history once, however often they come', async () => {
    for (const _ of [1, 2]) {
      await sender().noteRating(NAME, rated('RED', NOW - 1));
      await sender().limit(NAME, limit());
      await sender().release(NAME, { rule: 'quality-red', at: NOW + 1, callbackId: 'callback-2' });
    }
    expect((await sender().read(NOW)).history).toEqual([
      { at: NOW - 1, event: 'rating', rating: 'RED', callbackId: `RED-${NOW - 1}` },
      {
        at: NOW,
        event: 'limit',
        callbackId: 'callback-1',
        rule: 'quality-red',
        to: '10/minute',
        content: 'marketing',
        until: NOW + 7 * DAY,
      },
      { at: NOW + 1, event: 'release', callbackId: 'callback-2', rule: 'quality-red' },
    ]);
  });

  test('that comes again and again does not fill the object: the history keeps the newest 500', async () => {
    await sender().noteRating(NAME, rated('RED', NOW - 1));
    await runInDurableObject(sender(), async (instance) => {
      for (let n = 0; n < 510; n++) await instance.limit(NAME, limit({ at: NOW + n, callbackId: `${n}` }));
    });
    const { history } = await sender().read(NOW);
    expect(history).toHaveLength(501);
    expect(history[0]).toMatchObject({ event: 'rating' });
  });
});

describe('the copy in KV', () => {
  test('is written by the object, and lifted by it when the limit ends', async () => {
    await sender().noteRating(NAME, rated('RED', NOW));
    await sender().limit(NAME, limit());
    await sender().limit(NAME, limit({ rule: 'yellow', rate: '1/second', until: NOW + HOUR }));
    expect(await publish()).toBe(true);
    const throttle = { to: '10/minute', content: 'marketing', until: NOW + 7 * DAY, because: 'quality-red' };
    expect(await published()).toMatchObject({
      quality: 'RED',
      since: NOW,
      throttle,
      limits: [{ because: 'quality-red' }, { because: 'yellow' }],
    });

    expect(await runInDurableObject(sender(), (_, { storage }) => storage.getAlarm())).toBe(NOW + HOUR);
    vi.setSystemTime(NOW + HOUR);
    expect(await runDurableObjectAlarm(sender())).toBe(true);
    expect(await published()).toMatchObject({ throttle, limits: [{ because: 'quality-red' }] });

    await evictDurableObject(sender());
    vi.setSystemTime(NOW + 7 * DAY);
    expect(await runDurableObjectAlarm(sender())).toBe(true);
    expect(await published()).toEqual({ quality: 'RED', since: NOW, throttle: null, limits: [], as_of: NOW + 7 * DAY });
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

describe('a permit', () => {
  test('is given for everything while no limit for its content is in force', async () => {
    expect(await sender().permit({ content: 'marketing', count: 1_000, now: NOW })).toEqual({ granted: 1_000 });
    await sender().limit(NAME, limit());
    expect(await sender().permit({ content: 'other', count: 1_000, now: NOW })).toEqual({ granted: 1_000 });
  });

  test('is given up to the rate, then as the bucket refills', async () => {
    await sender().limit(NAME, limit());
    const ask = (count: number, now: number) => sender().permit({ content: 'marketing', count, now });
    expect(await ask(25, NOW)).toEqual({ granted: 10, retryAfter: 6 });
    await evictDurableObject(sender());
    expect(await ask(1, NOW + 5_999)).toEqual({ granted: 0, retryAfter: 1 });
    expect(await ask(1, NOW + 6_000)).toEqual({ granted: 1 });
    expect(await ask(5, NOW + 18_000)).toEqual({ granted: 2, retryAfter: 6 });
  });

  test('is not given at all under a rate of 0, until that limit ends', async () => {
    await sender().limit(NAME, limit({ rate: '0', until: NOW + 90_000 }));
    expect(await sender().permit({ content: 'marketing', count: 1, now: NOW })).toEqual({ granted: 0, retryAfter: 90 });
    expect(await sender().permit({ content: 'marketing', count: 1, now: NOW + 90_000 })).toEqual({ granted: 1 });
  });
});

describe('a bucket', () => {
  const anyAsk = record({ count: fc.nat({ max: 30 }), later: fc.integer({ min: -2_000, max: 60_000 }) });

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

describe('a sender', () => {
  type Event =
    | { kind: 'limit'; event: Limit }
    | { kind: 'release'; event: Release }
    | { kind: 'rating'; event: RatingNote };
  const at = fc.integer({ min: NOW, max: NOW + 5 });
  const rule = fc.constantFrom('red', 'yellow');
  const anyEvent: fc.Arbitrary<Event> = fc.oneof(
    record({
      kind: fc.constant('limit' as const),
      event: record({
        rule,
        at,
        rate: fc.constantFrom('10/minute', '1/second', '60/minute', '0'),
        content: fc.constantFrom('marketing', 'notification'),
        until: fc.constantFrom(NOW + 3, NOW + DAY, NOW + 2 * DAY),
        callbackId: fc.constantFrom('a', 'b', 'c'),
      }),
    }),
    record({
      kind: fc.constant('release' as const),
      event: record({ rule: fc.option(rule, { nil: undefined }), at, callbackId: fc.constantFrom('d', 'e') }),
    }),
    record({
      kind: fc.constant('rating' as const),
      event: record({ at, rating: fc.constantFrom('RED', 'YELLOW', 'GREEN'), callbackId: fc.uuid() }),
    }),
  );
  /** Empties the one object that all runs share: a new object costs more than the run. */
  const empty = () =>
    runInDurableObject(sender(), (_, { storage }) => {
      for (const table of ['ratings', 'limits', 'releases', 'events', 'outbox'])
        storage.sql.exec(`DELETE FROM ${table}`);
    });

  async function stateAfter(events: readonly Event[], evictions: readonly number[]): Promise<unknown> {
    await empty();
    for (const [place, { kind, event }] of events.entries()) {
      if (kind === 'limit') await sender().limit(NAME, event);
      else if (kind === 'release') await sender().release(NAME, event);
      else await sender().noteRating(NAME, event);
      if (evictions.includes(place)) await evictDurableObject(sender());
    }
    const { history, ...state } = await sender().read(NOW + 5);
    return { ...state, history: history.length };
  }

  test('is the same in any order of arrival, with any redelivery, and evicted at any moment', async () => {
    const arrivals = fc.array(anyEvent, { minLength: 1, maxLength: 8 }).chain((events) =>
      record({
        events: fc.constant(events),
        others: fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length }),
        evictions: fc.array(fc.nat({ max: 16 }), { maxLength: 2 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ events, others, evictions }) => {
        expect(await stateAfter(others, evictions)).toEqual(await stateAfter(events, []));
      }),
      { numRuns: 30 },
    );
  });

  test('has the newest rating, and each callback keeps its first answer', async () => {
    const ratings = fc.uniqueArray(
      record({ at, rating: fc.constantFrom('RED', 'YELLOW', 'GREEN'), callbackId: fc.uuid() }),
      {
        minLength: 1,
        maxLength: 6,
        selector: (note) => note.at,
      },
    );
    await fc.assert(
      fc.asyncProperty(ratings, fc.array(fc.nat({ max: 5 }), { maxLength: 6 }), async (notes, again) => {
        await empty();
        const answers = [];
        for (const note of notes) answers.push(await sender().noteRating(NAME, note));
        for (const place of again) {
          const note = notes[place];
          if (note) expect(await sender().noteRating(NAME, note)).toEqual(answers[place]);
        }
        const [newest] = notes.toSorted((a, b) => b.at - a.at);
        expect((await sender().read(NOW)).quality).toBe(newest?.rating);
        for (const [place, note] of notes.entries()) {
          const [before] = notes
            .slice(0, place)
            .filter((other) => other.at < note.at)
            .toSorted((a, b) => b.at - a.at);
          expect(answers[place]).toEqual(before ? { previous: before.rating } : {});
        }
      }),
      { numRuns: 30 },
    );
  });
});
