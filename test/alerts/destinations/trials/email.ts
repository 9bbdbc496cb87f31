import type { Trial } from '../trials.ts';

export const trial: Trial = {
  config: { from: 'signalbox@example.com', to: ['ops@example.com'] },
  kind: 'mail',
};
