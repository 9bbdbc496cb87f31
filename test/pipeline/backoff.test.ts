import { afterEach, describe, expect, test, vi } from 'vitest';
import { backoff, limitDelay } from '../../src/pipeline/queue-retries.ts';
import type { Services } from '../../src/work/services.ts';

afterEach(() => vi.restoreAllMocks());

describe('the delay before the next try', () => {
  test.each([
    [0, 5],
    [1, 5],
    [2, 10],
    [3, 20],
    [10, 2_560],
    [11, 3_600],
    [95, 3_600],
  ])('after %i tries is %i seconds, and up to a quarter more', (attempts, seconds) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    expect(backoff(attempts)).toBe(seconds);
    vi.spyOn(Math, 'random').mockReturnValue(1);
    expect(backoff(attempts)).toBe(seconds * 1.25);
  });

  test.each([
    [0.2, 1],
    [5.9, 5],
    [60, 60],
    [61, 60],
  ])('of %d seconds is set as %i, with a limit of a minute', (seconds, set) => {
    const services = { settings: { maxRetryDelay: 60_000 } } as Services; // all that it reads
    expect(limitDelay(seconds, services)).toBe(set);
  });
});
