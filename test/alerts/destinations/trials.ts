import type { Reveal } from '../../../src/alerts/destinations/destination.ts';

export const KEY = 'whsec_dGVzdC1mb3J3YXJkLWtleS10ZXN0LWZvcndhcmQta2V5';
export const SECRETS: Readonly<Record<string, string>> = {
  DEST_SLACK: 'https://hooks.slack.com/services/T000/B000/slack-token-not-to-be-shown',
  DEST_TEAMS:
    'https://teams.example.com/workflows/teams-token-not-to-be-shown/triggers/manual/paths/invoke',
  DEST_PAGER: 'pager-token-not-to-be-shown-0000',
  DEST_PHONE: '+46701740605',
  DEST_HOOK: 'https://hook.example.com/inbox/alerts/hook-token-not-to-be-shown',
  DEST_HOOK_KEY: KEY,
};
export const reveal: Reveal = ({ secret }) => SECRETS[secret] ?? '';

/** A configuration of each type, and the kind under which the local Sinch knows it. A type that is not here fails the suite. */
export const TRIALS: Readonly<Record<string, { readonly config: object; readonly kind: string }>> =
  {
    slack: { config: { url: { secret: 'DEST_SLACK' } }, kind: 'slack' },
    teams: { config: { url: { secret: 'DEST_TEAMS' } }, kind: 'teams' },
    pagerduty: { config: { key: { secret: 'DEST_PAGER' } }, kind: 'pagerduty' },
    email: {
      config: { from: 'signalbox@example.com', to: ['ops@example.com'] },
      kind: 'mail',
    },
    sinch: {
      config: { app_id: 'app-alerts', channel: 'SMS', to: { secret: 'DEST_PHONE' } },
      kind: 'messages:send',
    },
    webhook: {
      config: { url: { secret: 'DEST_HOOK' }, key: { secret: 'DEST_HOOK_KEY' } },
      kind: 'alert',
    },
  };
