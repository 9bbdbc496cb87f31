import { APP, rating } from '../../sample.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: rating('GREEN'),
  did: async (box) =>
    (
      await (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json<{ history: { event: string }[] }>()
    ).history.filter(({ event }) => event === 'release').length,
  once: 1,
};
