import { receipt, submitted } from '../../sample.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: receipt('01JTRIAL', 'FAILED', { code: 'RATE_LIMITED' }),
  before: [submitted('01JTRIAL')],
  params: { at_most: 1, first_delay: '1s', within: '1h' },
  did: async (box) => (await box.arrivals('messages:send')).length,
  once: 1,
};
