import { env } from '../../box.ts';
import { inbound } from '../../sample.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: inbound('please stop'),
  params: { because: 'it may be a STOP' },
  did: async () => env.DB.prepare('SELECT count(*) AS n FROM reviews').first('n'),
  once: 1,
};
