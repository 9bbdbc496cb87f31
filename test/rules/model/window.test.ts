import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addEntries,
  BUCKETS,
  copyOf,
  type Entry,
  KEPT_BEHIND,
  MAX_EVENTS,
  MAX_LATENESS,
  openWindow,
  readingAt,
  type Terms,
} from '../../../src/rules/model/window.ts';
import { runs } from '../../setup/runs.ts';
import { batches, naive, terms } from './naive-window.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NOON = Date.parse('2026-11-20T12:00:00Z');

const count = (often: number, within = 10 * MINUTE, cooldown = within): Terms => ({
  within,
  cooldown,
  over: { kind: 'count', count: often },
});
const share = (part: number, atLeast: number, within = 10 * MINUTE): Terms => ({
  within,
  cooldown: within,
  over: { kind: 'share', share: part, atLeast },
});
const hit = (id: string, after: number): Entry => ({ id, at: NOON + after, hit: true });
const other = (id: string, after: number): Entry => ({ id, at: NOON + after, hit: false });

/** As an evicted object comes back: from what was saved, through JSON. */
const reopened = (window: ReturnType<typeof openWindow>) => {
  const { ids: _, ...saved } = window;
  return openWindow({ ...structuredClone(saved) });
};

describe('a window', () => {
  test('agrees with a plain list, whatever the order, with repeats, and reopened at any time', () => {
    fc.assert(
      fc.property(terms, batches, fc.array(fc.boolean()), (agreed, notes, evictions) => {
        let window = openWindow();
        const list = naive(agreed);
        for (const [turn, batch] of notes.entries()) {
          if (evictions[turn]) window = reopened(window);
          expect(addEntries(window, batch, agreed).crossings).toEqual(list.note(batch));
          const { newest } = window;
          expect(readingAt(window, newest, agreed)).toEqual(list.reading(newest));
        }
      }),
      { numRuns: runs(1_000) },
    );
  });

  test('past the callbacks that it keeps one by one, misses at most what one bucket holds, and never counts too much', () => {
    fc.assert(
      fc.property(
        terms,
        batches,
        fc.integer({ min: 1, max: 8 }),
        ({ within, cooldown }, notes, most) => {
          const agreed = count(1_000_000, within, cooldown);
          const window = openWindow();
          const list = naive(agreed);
          const seen = new Set<string>();
          for (const batch of notes) {
            // A repeat is known as long as it is kept one by one: that is the other half of the bound.
            const fresh = batch.filter(({ id }) => seen.size < seen.add(id).size);
            if (fresh.length === 0) continue;
            addEntries(window, fresh, agreed, most);
            list.note(fresh);
            expect(window.events.length).toBeLessThanOrEqual(most);
            const { newest } = window;
            const found = readingAt(window, newest, agreed);
            const least = list.reading(newest, within - Math.ceil(within / BUCKETS));
            expect(found.sample).toBeLessThanOrEqual(list.reading(newest).sample);
            expect(found.sample).toBeGreaterThanOrEqual(least.sample);
            expect(found.hits).toBeGreaterThanOrEqual(least.hits);
          }
        },
      ),
      { numRuns: runs(1_000) },
    );
  });

  test('of shuffled callbacks fires as surely as of ordered ones', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...Array(20).keys()], { minLength: 20, maxLength: 20 }),
        (order) => {
          const window = openWindow();
          const agreed = count(20);
          const found = order.flatMap(
            (n) => addEntries(window, [hit(`c${n}`, n * 30 * SECOND)], agreed).crossings,
          );
          expect(found).toEqual([{ at: NOON + 19 * 30 * SECOND, hits: 20, sample: 20 }]);
        },
      ),
    );
  });
});

describe('what counts', () => {
  const run = (agreed: Terms, ...batch: readonly Entry[]) => {
    const window = openWindow();
    return batch.flatMap((one) => addEntries(window, [one], agreed).crossings);
  };

  test('is what lies within: the beginning of a window does not belong to it, its end does', () => {
    expect(run(count(2), hit('a', 0), hit('b', 10 * MINUTE))).toEqual([]);
    expect(run(count(2), hit('a', 0), hit('b', 10 * MINUTE - 1))).toHaveLength(1);
  });

  test('is each callback once', () => {
    expect(run(count(2), hit('a', 0), hit('a', 0), hit('a', 0))).toEqual([]);
  });

  test('is what came late, up to ten minutes and as long again in a queue; after that it is said to be late', () => {
    expect(KEPT_BEHIND).toBe(2 * MAX_LATENESS);
    const window = openWindow();
    addEntries(window, [hit('now', 30 * MINUTE)], count(2));
    expect(addEntries(window, [hit('just', 10 * MINUTE)], count(2))).toMatchObject({
      late: 0,
      added: [{ id: 'just' }],
    });
    expect(addEntries(window, [hit('gone', 10 * MINUTE - 1)], count(2))).toMatchObject({
      late: 1,
      added: [],
    });
  });

  test('is over a share only when it is over: 10 of 200 are 5 %, 11 are more', () => {
    const delivered = (n: number) => Array.from({ length: n }, (_, at) => other(`d${at}`, at));
    const failed = (n: number) => Array.from({ length: n }, (_, at) => hit(`f${at}`, at));
    expect(run(share(0.05, 200), ...failed(10), ...delivered(190))).toEqual([]);
    expect(run(share(0.05, 200), ...failed(11), ...delivered(189))).toMatchObject([
      { hits: 11, sample: 200 },
    ]);
    expect(run(share(0.05, 200), ...failed(11), ...delivered(188))).toEqual([]);
  });
});

describe('a cool-down', () => {
  const often = (n: number) => Array.from({ length: n }, (_, at) => hit(`c${at}`, at * MINUTE));

  test('lets a rule fire once, then again when it has passed and the window still crosses', () => {
    const window = openWindow();
    const fired = often(120).flatMap(
      (one) => addEntries(window, [one], count(5, 10 * MINUTE, 60 * MINUTE)).crossings,
    );
    expect(fired.map(({ at }) => (at - NOON) / MINUTE)).toEqual([4, 64]);
  });

  test('counts from the window that fired, in a batch as one by one', () => {
    const window = openWindow();
    const fired = addEntries(window, often(20), count(5, 10 * MINUTE, 10 * MINUTE)).crossings;
    expect(fired.map(({ at }) => (at - NOON) / MINUTE)).toEqual([4, 14]);
  });

  test('is not broken by what comes late', () => {
    const window = openWindow();
    addEntries(window, often(6), count(5, 10 * MINUTE, 10 * MINUTE));
    expect(
      addEntries(window, [hit('late', -1 * MINUTE)], count(5, 10 * MINUTE, 10 * MINUTE)).crossings,
    ).toEqual([]);
  });
});

describe('a great many callbacks', () => {
  test('are kept as numbers behind the newest 10,000, a hundredth of the window each', () => {
    const window = openWindow();
    const agreed = count(1_000_000, 10 * MINUTE);
    for (let turn = 0; turn < 300; turn++) {
      addEntries(
        window,
        Array.from({ length: 100 }, (_, n) => hit(`${turn}/${n}`, turn * 2 * SECOND + n * 20)),
        agreed,
      );
    }
    expect(window.events.length).toBeLessThanOrEqual(MAX_EVENTS);
    expect(window.ids.size).toBe(window.events.length);
    expect(window.buckets.length).toBeLessThanOrEqual(BUCKETS + 1);
    const { hits } = readingAt(window, window.newest, agreed);
    expect(hits).toBeLessThanOrEqual(30_000);
    expect(hits).toBeGreaterThanOrEqual(30_000 * (1 - 1 / BUCKETS));
  });

  test('may come late into a bucket, and repeated among the newest 10,000', () => {
    const window = openWindow();
    const agreed = count(1_000_000, 10 * MINUTE);
    const batch = Array.from({ length: 12_000 }, (_, n) => hit(`c${n}`, n * 40));
    addEntries(window, batch, agreed);
    expect(addEntries(window, batch.slice(-5_000), agreed)).toMatchObject({
      added: [],
      repeated: 5_000,
    });
    expect(addEntries(window, [hit('late', 1)], agreed).added).toHaveLength(1);
    expect(readingAt(window, window.newest, agreed).hits).toBe(12_001);
  });

  test('are forgotten when no window can hold them any more', () => {
    const window = openWindow();
    addEntries(
      window,
      Array.from({ length: 12_000 }, (_, n) => hit(`c${n}`, n * 40)),
      count(1_000_000),
    );
    addEntries(window, [hit('later', 60 * MINUTE)], count(1_000_000));
    expect(window).toMatchObject({ events: [{ id: 'later' }], buckets: [] });
    expect(window.ids.size).toBe(1);
  });
});

test('a copy can be tried out without changing the window', () => {
  const window = openWindow();
  addEntries(window, [hit('a', 0)], count(2));
  const before = structuredClone(window);
  expect(addEntries(copyOf(window), [hit('b', 1)], count(2)).crossings).toHaveLength(1);
  expect(window).toEqual(before);
});
