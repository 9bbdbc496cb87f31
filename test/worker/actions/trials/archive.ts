import { env } from '../../box.ts';
import { recording } from '../bodies.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: recording('https://storage.sinch.com/files/rec-1.wav'),
  did: async () =>
    (await env.ARCHIVE.list({ prefix: 'recordings/' })).objects.map(({ key }) => key),
  once: ['recordings/rec-1'],
};
