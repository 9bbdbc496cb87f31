import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { open } from '../../src/services.ts';
import { env } from './box.ts';
import { reset } from './storage.ts';

afterEach(() => reset());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-11-20T12:00:00Z');
let apps = 0;

/** A sender of its own, and what may happen to it. Times are hours after noon. */
function openSender() {
  const sender = open(env).objects.senders.of(`app-${++apps}`, 'WHATSAPP');
  return {
    red: (hours: number, rule = 'red') =>
      sender.limit({
        rule,
        rate: '10/minute',
        content: 'marketing',
        until: NOON + hours * HOUR + 7 * DAY,
        at: NOON + hours * HOUR,
        callbackId: `red-${hours}`,
        ramp: ['100/minute', '1000/minute'],
        hold: HOUR,
      }),
    green: (hours: number) =>
      sender.release({ rule: 'red', at: NOON + hours * HOUR, callbackId: `green-${hours}` }),
    greenForAll: (hours: number) =>
      sender.release({ at: NOON + hours * HOUR, callbackId: `all-${hours}` }),
    lift: (hours: number) =>
      sender.release({ at: NOON + hours * HOUR, callbackId: 'hand', atOnce: true }),
    rate: async (hours: number) => (await sender.read(NOON + hours * HOUR)).throttle?.to ?? 'free',
  };
}

describe('a limit with a ramp', () => {
  test('holds on for an hour, goes up a step a day, and then is gone', async () => {
    const { red, green, rate } = openSender();
    await red(0);
    await green(10);
    const timeline = await Promise.all([9, 10.5, 11.5, 34, 36, 58, 60].map(rate));
    expect(timeline).toEqual([
      '10/minute',
      '10/minute',
      '100/minute',
      '100/minute',
      '1000/minute',
      '1000/minute',
      'free',
    ]);
  });

  test('that somebody lifted is gone, though a rule takes everything back at that very moment', async () => {
    const { red, greenForAll, lift, rate } = openSender();
    await red(0);
    await lift(10);
    await greenForAll(10);
    expect(await rate(10)).toBe('free');
  });

  test('falls back when the rating falls again', async () => {
    const { red, green, rate } = openSender();
    await red(0);
    await green(10);
    await red(20);
    expect(await rate(21)).toBe('10/minute');
    await green(30);
    expect(await rate(32)).toBe('100/minute');
  });

  test('neither lifts nor doubles anything when the rating flaps within an hour', async () => {
    const { red, green, rate } = openSender();
    await red(0);
    await green(0.2);
    await red(0.4);
    await green(0.6);
    await red(0.8);
    const within = await Promise.all([0.1, 0.3, 0.5, 0.7, 0.9, 1.5, 48].map(rate));
    expect(new Set(within)).toEqual(new Set(['10/minute']));
  });

  test('counts from the first recovery, however often it is repeated', async () => {
    const { red, green, rate } = openSender();
    await red(0);
    for (const hours of [10, 20, 30, 33]) await green(hours);
    expect(await rate(36)).toBe('1000/minute');
  });

  test('ends at once when somebody lifts it by hand', async () => {
    const { red, green, lift, rate } = openSender();
    await red(0);
    await green(10);
    await lift(12);
    expect(await rate(11.5)).toBe('100/minute');
    expect(await rate(13)).toBe('free');
  });

  test('comes to the same in any order of arrival, with repeats', async () => {
    const event = fc.record({
      kind: fc.constantFrom('red' as const, 'green' as const),
      hours: fc.integer({ min: 0, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc
          .uniqueArray(event, { minLength: 1, maxLength: 8, selector: ({ hours }) => hours })
          .chain((events) =>
            fc.tuple(
              fc.constant(events),
              fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
            ),
          ),
        async ([events, shuffled]) => {
          const [ordered, other] = [openSender(), openSender()];
          for (const { kind, hours } of events.toSorted((a, b) => a.hours - b.hours))
            await ordered[kind](hours);
          for (const { kind, hours } of shuffled) await other[kind](hours);
          for (const hours of [101, 110, 130, 160, 200])
            expect(await other.rate(hours)).toBe(await ordered.rate(hours));
        },
      ),
      { numRuns: 25 },
    );
  });
});
