import { APP, rating } from '../../sample.ts';
import type { Trial } from '../trial.ts';

export const trial: Trial = {
  callback: rating('RED'),
  params: { to: '5/minute', for: '1h' },
  did: async (box) =>
    (
      await (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json<{ history: { event: string }[] }>()
    ).history.filter(({ event }) => event === 'limit').length,
  once: 1,
};
