import { env } from 'cloudflare:workers';
import type { ConsentChange } from '../../../src/objects/recipients/consent.ts';

/** Ahead of the runtime's own clock, so that no alarm rings by itself. */
export const NOW = Date.parse('2100-01-01T00:00:00Z');
export const ADA = 'ADAADAADAADAADAADAADAADAAD';
export const BOB = 'BOBBOBBOBBOBBOBBOBBOBBOBBO';
export const address = { channel: 'SMS', identity: '+46732001122', appId: '' };
export const shard = () => env.RECIPIENTS.getByName('shard-0');

export const stop = (more: Partial<ConsentChange> = {}): ConsentChange => ({
  key: 'callback-1/stop/0',
  person: ADA,
  address,
  scope: 'all',
  to: 'out',
  at: NOW,
  source: 'keyword',
  words: 'Stop!',
  callbackId: 'callback-1',
  rule: 'stop',
  rulebook: 'bundled',
  ...more,
});
