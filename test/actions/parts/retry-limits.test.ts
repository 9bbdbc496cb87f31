import { describe, expect, test } from 'vitest';
import { retryLimit } from '../../../src/actions/parts/retry-limits.ts';

const RULE = { at_most: 2, within: '2h' };
const FAILED = Date.parse('2026-11-24T11:00:00Z');
const TWO_HOURS = 7_200_000;
const sent = (more: object = {}) => ({
  ...{ attempt: 0, firstFailedAt: FAILED, delivered: false },
  ...more,
});

describe('a resend', () => {
  test.each([
    ['before any', sent(), FAILED],
    ['when one more is allowed', sent({ attempt: 1 }), FAILED],
    ['until the time is over', sent(), FAILED + TWO_HOURS],
  ])('is allowed %s', (_, sendings, now) => {
    expect(retryLimit(RULE, sendings, now)).toBeUndefined();
  });

  test.each([
    ['that is one too many', 2, sent({ attempt: 2 }), FAILED, 'resent 2 times, the rule allows 2'],
    ['after the only one', 1, sent({ attempt: 1 }), FAILED, 'resent once, the rule allows 1'],
    [
      'a millisecond too late',
      2,
      sent(),
      FAILED + TWO_HOURS + 1,
      'more than 2 hours since it first failed',
    ],
    [
      'of what was delivered',
      2,
      sent({ delivered: true }),
      FAILED,
      'it was delivered in the meantime',
    ],
  ])('%s is not', (_, at_most, sendings, now, reason) => {
    expect(retryLimit({ ...RULE, at_most }, sendings, now)).toBe(reason);
  });
});
