import { env } from '../../box.ts';
import { contact } from '../bodies.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: contact('delete'),
  did: async () => env.DB.prepare('SELECT count(*) AS n FROM erased_contacts').first('n'),
  once: 1,
};
