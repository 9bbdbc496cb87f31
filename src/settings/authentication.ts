import * as v from 'valibot';
import { defineSetting } from './define-setting.ts';
import { Keys, Milliseconds, Text } from './values.ts';

/** Secrets of callers and of stored data. */
export const authenticationSettings = [
  defineSetting({
    name: 'WEBHOOK_SECRETS',
    secret: true,
    required: true,
    generated: true,
    example: 'local-webhook-secret',
    summary: 'The webhook secret, or JSON from app id (`*` for all others) to a list of secrets.',
    schema: Text(),
  }),
  defineSetting({
    name: 'API_TOKEN',
    secret: true,
    required: { unless: 'API_TOKENS' },
    generated: true,
    example: 'local-api-token',
    summary: 'Allows every request to `/v1/*`: `Authorization: Bearer <API_TOKEN>`.',
    schema: Text(),
  }),
  defineSetting({
    name: 'API_TOKENS',
    secret: true,
    summary:
      'More tokens, each with its roles out of `read`, `send`, `author`, `admin`: `{"<name>": {"token": "…", "roles": ["read"]}}`. If it is set, `API_TOKEN` is optional. See [Tokens](../operators.md#tokens).',
    schema: Text(),
  }),
  defineSetting({
    name: 'LOCAL_SIGN_IN_URL',
    secret: false,
    localOnly: true,
    summary:
      'Set by `npm start` only: where the one-time sign-in link of the console is exchanged. Never set it in production.',
    schema: Text(),
  }),
  defineSetting({
    name: 'DATA_KEY',
    secret: true,
    required: true,
    generated: true,
    example: 'local-data-key-local-data-key-local-data-key',
    summary:
      'Hash and encryption keys are derived from it. At least 32 characters. It must never change after the first deployment; encryption keys rotate by `DATA_KEYS`.',
    schema: Text(v.minLength(32, 'expected at least 32 characters')),
  }),
  defineSetting({
    name: 'DATA_KEYS',
    secret: true,
    summary:
      'Rotated encryption keys, the newest first: `["<newest>", "<older>"]`, each of at least 32 characters. The newest encrypts; all of them and `DATA_KEY` decrypt. Hashes always use `DATA_KEY`. See [Key rotation](../operators.md#key-rotation).',
    schema: Keys,
  }),
  defineSetting({
    name: 'SIGNATURE_MAX_AGE',
    secret: false,
    default: '24h',
    summary: 'Maximum age of a signature. Sinch does not sign a callback again when it retries it.',
    schema: Milliseconds,
  }),
  defineSetting({
    name: 'EXAMPLE_SECRETS',
    secret: false,
    localOnly: true,
    summary:
      'Not set in production: the Worker then refuses the public secrets of `.dev.vars.example`. `npm start` sets `allow`.',
    schema: v.picklist(['allow']),
  }),
] as const;
