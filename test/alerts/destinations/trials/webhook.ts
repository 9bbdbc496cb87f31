import type { Trial } from '../trials.ts';

export const trial: Trial = {
  config: { url: { secret: 'DEST_HOOK' }, key: { secret: 'DEST_HOOK_KEY' } },
  kind: 'alert',
};
