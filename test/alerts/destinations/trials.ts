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

/** How the contract suite tries a type of destination. Each has a file in `trials/`, named like the type. */
export interface Trial {
  /** Its entry in `alerts.json`, without `type`. */
  readonly config: object;
  /** The kind under which the local Sinch lists its messages. */
  readonly kind: string;
}

const modules = import.meta.glob<{ readonly trial: Trial }>('./trials/*.ts', { eager: true });

/** The trial of each type. */
export const TRIALS: Readonly<Record<string, Trial>> = Object.fromEntries(
  Object.entries(modules).map(([path, { trial }]) => [path.replace(/^.*\/|\.ts$/g, ''), trial]),
);
