import type { Trial } from '../trials.ts';

export const trial: Trial = {
  config: { app_id: 'app-alerts', channel: 'SMS', to: { secret: 'DEST_PHONE' } },
  kind: 'messages:send',
};
