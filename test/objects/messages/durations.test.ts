import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketOf, percentileOf } from '../../../src/objects/messages/durations.ts';
import { runs } from '../../setup/runs.ts';

const durationsOf = (times: readonly number[]): Map<number, number> => {
  const buckets = new Map<number, number>();
  for (const ms of times) buckets.set(bucketOf(ms), (buckets.get(bucketOf(ms)) ?? 0) + 1);
  return buckets;
};

test('a percentile is at most 10 % off the one of the durations themselves', () => {
  const times = fc.array(fc.integer({ min: 1, max: 30 * 86_400_000 }), { minLength: 1 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95, 0.01, 1), (all, share) => {
      const sorted = all.toSorted((a, b) => a - b);
      const exact = (sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0) / 1000;
      const found = percentileOf(durationsOf(all), share) ?? Number.NaN;
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.1);
    }),
    { numRuns: runs(500) },
  );
});

test.each([
  ['no durations', [], undefined],
  ['a message that was delivered at once', [0], 0],
  ['a delivery before the submission, from clocks that differ', [-5_000], 0],
])('the median of %s', (_, times, median) => {
  expect(percentileOf(durationsOf(times), 0.5)).toBe(median);
});
