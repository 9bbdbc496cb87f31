import { inbound, minutes } from '../../sample.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: inbound('HELP', { at: minutes(-1) }),
  params: { text: 'Call us.' },
  did: async (box) => (await box.arrivals('messages:send')).length,
  once: 1,
};
