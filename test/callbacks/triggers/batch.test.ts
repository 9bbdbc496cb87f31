import { describe, expect, test } from 'vitest';
import { factsOf, read } from '../../../src/samples/samples.ts';

describe('a batch', () => {
  const batch = (counts: object) => ({
    batch_status_update: { batch_id: 'b', status: 'PARTIAL', ...counts },
  });
  const names = ['batch_total', 'batch_failed', 'batch_successful', 'batch_failed_ratio'];

  test.each([
    [
      { total_messages: 10, failed_messages: 2 },
      { batch_total: 10, batch_failed: 2, batch_successful: 8, batch_failed_ratio: 0.2 },
    ],
    [
      { total_messages: 10, successful_messages: 9 },
      { batch_total: 10, batch_failed: 1, batch_successful: 9, batch_failed_ratio: 0.1 },
    ],
    [
      { successful_messages: 3, failed_messages: 1 },
      { batch_total: 4, batch_failed: 1, batch_successful: 3, batch_failed_ratio: 0.25 },
    ],
    [
      { total_messages: '10', failed_messages: '5' },
      { batch_total: 10, batch_failed: 5, batch_successful: 5, batch_failed_ratio: 0.5 },
    ],
    [
      { total_messages: 0, failed_messages: 0 },
      { batch_total: 0, batch_failed: 0, batch_successful: 0 },
    ],
    [{ failed_messages: 2 }, { batch_failed: 2 }],
    [{}, {}],
  ])('of %j', async (counts, expected) => {
    expect(factsOf(await read(batch(counts)), names)).toEqual(expected);
  });

  test.each([
    [['RATE_LIMITED'], ['RATE_LIMITED']],
    [[{ code: 'RATE_LIMITED', count: 3 }], ['RATE_LIMITED']],
    [{ RATE_LIMITED: 3 }, ['RATE_LIMITED']],
    ['RATE_LIMITED', undefined],
  ])('that failed for %j', async (failure_reasons, expected) => {
    const { batch_failure_reasons } = factsOf(await read(batch({ failure_reasons })), [
      'batch_failure_reasons',
    ]);
    expect(batch_failure_reasons).toEqual(expected);
  });
});
