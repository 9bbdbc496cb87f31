import { capability } from '../bodies.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: capability('01JREQ'),
  params: { after: '1m' },
  did: async (box) => (await box.arrivals('capability:query')).length,
  once: 1,
};
