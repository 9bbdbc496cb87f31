import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Limit, Release } from '../../../src/objects/senders/limits.ts';
import { reset } from '../storage.ts';
import { DAY, HOUR, limit, NAME, NOW, rated, sender } from './sender.ts';

const isLimit = (event: Limit | Release): event is Limit => 'rate' in event;

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

describe('a limit', () => {
  test('is in force at once, and until its time', async () => {
    await sender().limit(NAME, limit());
    const throttle = {
      to: '10/minute',
      content: 'marketing',
      until: NOW + 7 * DAY,
      reason: 'quality-red',
    };
    expect(await sender().read(NOW)).toMatchObject({
      throttle,
      limits: [{ ...throttle, since: NOW }],
    });
    expect((await sender().read(NOW + 7 * DAY - 1)).throttle).toEqual(throttle);
    expect((await sender().read(NOW + 7 * DAY)).throttle).toBeNull();
  });

  test.each<[string, Limit[], (Release | Limit)[], string | null]>([
    [
      'the strictest of several rules counts',
      [limit(), limit({ rule: 'yellow', rate: '1/second' })],
      [],
      '10/minute',
    ],
    [
      'a rule’s newer limit replaces its older',
      [limit(), limit({ rate: '1/second', at: NOW + 1 })],
      [],
      '1/second',
    ],
    [
      'of the same moment the stricter holds',
      [limit(), limit({ rate: '1/second' })],
      [],
      '10/minute',
    ],
    [
      'of the same moment and pace it is always the same one',
      [limit({ rate: '1/second' }), limit({ rate: '60/minute' })],
      [],
      '60/minute',
    ],
    ['0 is the strictest of all', [limit(), limit({ rule: 'restricted', rate: '0' })], [], '0'],
    [
      'one that is over does not count',
      [limit({ until: NOW }), limit({ rule: 'yellow', rate: '1/second' })],
      [],
      '1/second',
    ],
    [
      'a release ends its rule’s',
      [limit()],
      [{ rule: 'quality-red', at: NOW + 1, callbackId: 'r' }],
      null,
    ],
    [
      'a release of another rule leaves it',
      [limit()],
      [{ rule: 'yellow', at: NOW + 1, callbackId: 'r' }],
      '10/minute',
    ],
    [
      'a release of all ends every one',
      [limit(), limit({ rule: 'yellow' })],
      [{ at: NOW + 1, callbackId: 'r' }],
      null,
    ],
    ['an older release leaves it', [limit()], [{ at: NOW - 1, callbackId: 'r' }], '10/minute'],
    [
      'a release of the same moment leaves it',
      [limit()],
      [{ at: NOW, callbackId: 'r' }],
      '10/minute',
    ],
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

  test.each([
    [[1, 2]],
    [[2, 1]],
  ])('of the same moment and rate holds the longer, arriving as %j', async (days) => {
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

  test('and its release count as of when they came first, however late and without a time they come again', async () => {
    const red = (at: number) =>
      sender().limit(NAME, limit({ at, until: at + 7 * DAY, once: 'callback-1/quality-red/0' }));
    const green = (at: number) =>
      sender().release(NAME, {
        at,
        rule: 'quality-red',
        callbackId: 'callback-2',
        once: 'callback-2/quality-green/0',
      });
    await red(NOW);
    await green(NOW + 1);
    await red(NOW + 2);
    expect((await sender().read(NOW + 3)).throttle).toBeNull();
    await sender().limit(NAME, limit({ at: NOW + 4, once: 'callback-3/quality-red/0' }));
    await green(NOW + 5);
    expect((await sender().read(NOW + 6)).throttle).toMatchObject({ to: '10/minute' });
  });

  test('that comes again and again does not fill the object: the history keeps the newest 10,000', async () => {
    await sender().noteRating(NAME, rated('RED', NOW - 1));
    await sender().limit(NAME, limit({ at: NOW, callbackId: 'the first' }));
    await runInDurableObject(sender(), async (instance, { storage }) => {
      storage.sql.exec(
        `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
         INSERT INTO events (event) SELECT json_object('at', ? + i, 'event', 'release', 'callbackId', 'c' || i) FROM n`,
        NOW,
      );
      await instance.limit(NAME, limit({ at: NOW + 20_000, callbackId: 'the last' }));
    });
    const { history } = await sender().read(NOW);
    expect(history).toHaveLength(10_001);
    expect(history[0]).toMatchObject({ event: 'rating' });
    expect(history.at(-1)).toMatchObject({ event: 'limit', callbackId: 'the last' });
    expect(history).not.toContainEqual(expect.objectContaining({ callbackId: 'the first' }));
  });
});

describe('a limit that is taken back again and again', () => {
  const again = async (times: number) => {
    for (let after = 1; after <= times; after++)
      await sender().release(NAME, { at: NOW + HOUR + after, callbackId: `${after}` });
  };

  test('ends by the first time, and goes up its ramp from there', async () => {
    await sender().limit(NAME, limit({ hold: HOUR, ramp: ['100/minute'] }));
    await sender().release(NAME, { at: NOW + 1, callbackId: 'first' });
    await again(60);
    const { limits } = await sender().read(NOW + HOUR + 100);
    expect(limits).toMatchObject([{ to: '100/minute', step: 1, until: NOW + 1 + HOUR + DAY }]);
  });

  test('does not come back where somebody lifted it at once', async () => {
    await sender().limit(NAME, limit({ hold: HOUR }));
    await sender().release(NAME, { at: NOW + 1, callbackId: 'by hand', atOnce: true });
    await again(60);
    expect((await sender().read(NOW + HOUR + 100)).limits).toEqual([]);
  });

  test('does not fill the object', async () => {
    await sender().limit(NAME, limit());
    await again(200);
    const kept = await runInDurableObject(sender(), (_, { storage }) =>
      storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM releases').one(),
    );
    expect(kept.n).toBeLessThanOrEqual(51);
  });
});
