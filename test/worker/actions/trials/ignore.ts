import { rating } from '../../sample.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: rating('RED'),
  params: { because: 'we want to' },
  did: async (box) => (await box.arrivals()).length,
  once: 0,
};
