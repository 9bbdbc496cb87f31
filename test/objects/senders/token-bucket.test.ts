import { expect, test } from 'vitest';
import { spend } from '../../../src/objects/senders/token-bucket.ts';

const NOW = 1_000_000;
const HOUR = 3_600_000;

test.each([
  ['a new bucket is full', undefined, '10/minute', 4, { granted: 4 }, 6],
  [
    'what is left is given',
    { tokens: 3, at: NOW },
    '10/minute',
    4,
    { granted: 3, retryAfter: 6 },
    0,
  ],
  ['it refills evenly', { tokens: 0, at: NOW - 30_000 }, '10/minute', 5, { granted: 5 }, 0],
  [
    'it holds no more than its size',
    { tokens: 9, at: NOW - HOUR },
    '10/minute',
    10,
    { granted: 10 },
    0,
  ],
  [
    'a part of a token is none',
    { tokens: 0.5, at: NOW },
    '10/minute',
    1,
    { granted: 0, retryAfter: 3 },
    0.5,
  ],
  [
    'a clock that is behind gives nothing',
    { tokens: 0, at: NOW + 60_000 },
    '10/minute',
    1,
    { granted: 0, retryAfter: 6 },
    0,
  ],
  ['nothing is asked for', { tokens: 0, at: NOW }, '10/minute', 0, { granted: 0 }, 0],
  // Sends are unlimited when the limit ends.
  ['it never refills', undefined, '0', 1, { granted: 0, retryAfter: 3_600 }, 0],
  [
    'a second is the least to wait',
    { tokens: 0.99, at: NOW },
    '100/second',
    1,
    { granted: 0, retryAfter: 1 },
    0.99,
  ],
] as const)('%s', (_, bucket, rate, count, permit, tokens) => {
  const spent = spend(bucket, rate, count, NOW + HOUR, NOW);
  expect(spent.permit).toEqual(permit);
  expect(spent.left.tokens).toBeCloseTo(tokens);
  expect(spent.left.at).toBe(Math.max(NOW, bucket?.at ?? NOW));
});

test('a limit that ends soon is waited for no longer', () => {
  const { permit } = spend({ tokens: 0, at: NOW }, '1/hour', 1, NOW + 5_000, NOW);
  expect(permit).toEqual({ granted: 0, retryAfter: 5 });
});
