import type { Alert } from '../../src/alerts/match.ts';

export const hook = { type: 'webhook', url: { secret: 'DEST_OPS' } };
export const destinations = { ops: hook, pager: hook, slack: hook, night: hook };

/** An alerts.json with four destinations, as it is written. */
export const written = (changes: object = {}) => ({ destinations, default: 'ops', ...changes });

/** An alert of the rule "red". */
export const alert = (changes: Partial<Alert> = {}): Alert => ({
  rule: 'red',
  owner: 'messaging-ops',
  severity: 'high',
  app_id: 'app-1',
  channel: 'WHATSAPP',
  labels: {},
  ...changes,
});

/** Friday noon in Stockholm. */
export const FRIDAY = Date.parse('2026-11-20T11:00:00Z');
