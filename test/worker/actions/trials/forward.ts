import { rating } from '../../sample.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: rating('RED'),
  params: { to: 'forward' },
  did: async (box) => (await box.arrivals('forward')).length,
  once: 1,
};
