import { rating } from '../../sample.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: rating('RED'),
  params: { severity: 'low', title: 'try' },
  did: async (box) => (await box.arrivals('alert')).length,
  once: 1,
};
