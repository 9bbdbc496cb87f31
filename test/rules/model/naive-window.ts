import * as fc from 'fast-check';
import {
  crosses,
  type Entry,
  KEPT_BEHIND,
  type Reading,
  type Terms,
} from '../../../src/rules/model/window.ts';

const MINUTE = 60_000;
export const NOON = Date.parse('2026-11-20T12:00:00Z');

/** All that was ever noted, as a plain list: every window is counted anew. */
export function naive(terms: Terms) {
  let all: Entry[] = [];
  let newest = Number.NEGATIVE_INFINITY;
  let firedAt: number | undefined;
  const reading = (at: number, within = terms.within): Reading => {
    const held = all.filter((entry) => entry.at > at - within && entry.at <= at);
    return { at, hits: held.filter((entry) => entry.hit).length, sample: held.length };
  };
  return {
    reading,
    note(entries: readonly Entry[]): Reading[] {
      newest = Math.max(newest, ...entries.map(({ at }) => at));
      const fresh: Entry[] = [];
      for (const entry of entries) {
        if (entry.at < newest - KEPT_BEHIND || [...all, ...fresh].some(({ id }) => id === entry.id))
          continue;
        fresh.push(entry);
      }
      all = [...all, ...fresh];
      const touched = (at: number) =>
        fresh.some((entry) => entry.at > at - terms.within && entry.at <= at);
      const found: Reading[] = [];
      for (const at of [...new Set(all.map((entry) => entry.at))].sort((a, b) => a - b)) {
        if (!touched(at) || (firedAt !== undefined && at < firedAt + terms.cooldown)) continue;
        if (!crosses(reading(at), terms)) continue;
        firedAt = at;
        found.push(reading(at));
      }
      return found;
    },
  };
}

const entry = fc.record(
  {
    id: fc.integer({ min: 0, max: 60 }).map(String),
    at: fc.integer({ min: 0, max: 90 }).map((minutes) => NOON + minutes * MINUTE),
    hit: fc.boolean(),
  },
  { noNullPrototype: true },
);

/** An id belongs to one callback, whenever it comes. */
const consistent = (batches: Entry[][]): Entry[][] => {
  const first = new Map<string, Entry>();
  return batches.map((batch) =>
    batch.map((found) => {
      const known = first.get(found.id) ?? found;
      first.set(found.id, known);
      return known;
    }),
  );
};
export const batches = fc
  .array(fc.array(entry, { minLength: 1, maxLength: 12 }), { maxLength: 12 })
  .map(consistent);
export const terms = fc.record(
  {
    within: fc.integer({ min: 1, max: 30 }).map((minutes) => minutes * MINUTE),
    cooldown: fc.integer({ min: 1, max: 60 }).map((minutes) => minutes * MINUTE),
    over: fc.oneof(
      fc.record(
        { kind: fc.constant('count' as const), count: fc.integer({ min: 1, max: 6 }) },
        { noNullPrototype: true },
      ),
      fc.record(
        {
          kind: fc.constant('share' as const),
          share: fc.constantFrom(0.05, 0.25, 0.5, 0.9),
          atLeast: fc.integer({ min: 1, max: 8 }),
        },
        { noNullPrototype: true },
      ),
    ),
  },
  { noNullPrototype: true },
);
