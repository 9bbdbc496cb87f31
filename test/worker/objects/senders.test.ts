import { runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Limit, Release } from '../../../src/objects/senders/limits.ts';
import type { RatingNote } from '../../../src/objects/senders/senders.ts';
import { evict, reset } from '../storage.ts';
import { DAY, NAME, NOW, record, sender } from './sender.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
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
      event: record({
        rule: fc.option(rule, { nil: undefined }),
        at,
        callbackId: fc.constantFrom('d', 'e'),
      }),
    }),
    record({
      kind: fc.constant('rating' as const),
      event: record({
        at,
        rating: fc.constantFrom('RED', 'YELLOW', 'GREEN'),
        callbackId: fc.uuid(),
      }),
    }),
  );
  /** Empties the one object that all runs share: a new object costs more than the run. */
  const empty = () =>
    runInDurableObject(sender(), (_, { storage }) => {
      for (const table of ['ratings', 'limits', 'releases', 'events', 'outbox'])
        storage.sql.exec(`DELETE FROM ${table}`);
    });

  async function stateAfter(
    events: readonly Event[],
    evictions: readonly number[],
  ): Promise<unknown> {
    await empty();
    for (const [place, { kind, event }] of events.entries()) {
      if (kind === 'limit') await sender().limit(NAME, event);
      else if (kind === 'release') await sender().release(NAME, event);
      else await sender().noteRating(NAME, event);
      if (evictions.includes(place)) await evict(sender());
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
      fc.asyncProperty(
        ratings,
        fc.array(fc.nat({ max: 5 }), { maxLength: 6 }),
        async (notes, again) => {
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
        },
      ),
      { numRuns: 30 },
    );
  });
});
