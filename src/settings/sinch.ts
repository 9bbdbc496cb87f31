import * as v from 'valibot';
import { defineSetting } from './define-setting.ts';
import { Text } from './values.ts';

/** Access to the Conversation API. */
export const sinchSettings = [
  defineSetting({
    name: 'SINCH_PROJECT_ID',
    secret: false,
    required: true,
    summary: 'The Sinch project that retries and capability checks go to.',
    schema: Text(),
  }),
  defineSetting({
    name: 'SINCH_KEY_ID',
    secret: false,
    required: true,
    summary: 'The access key of that project.',
    schema: Text(),
  }),
  defineSetting({
    name: 'SINCH_KEY_SECRET',
    secret: true,
    required: true,
    example: 'local-key-secret',
    summary: 'The secret of that access key.',
    schema: Text(),
  }),
  defineSetting({
    name: 'SINCH_REGION',
    secret: false,
    default: 'eu',
    summary: 'Region of the Conversation API app: `us`, `eu` or `br`.',
    schema: v.picklist(['us', 'eu', 'br']),
  }),
  defineSetting({
    name: 'SINCH_API_URL',
    secret: false,
    summary: 'Another address for the Conversation API, for tests.',
    schema: Text(),
  }),
  defineSetting({
    name: 'SINCH_BATCH_URL',
    secret: false,
    summary: 'Another address for Sinch’s Batch API (`/send/batch`), for tests.',
    schema: Text(),
  }),
  defineSetting({
    name: 'SINCH_TEMPLATE_URL',
    secret: false,
    summary: 'Another address for Sinch’s Template Management API (`/send/template`), for tests.',
    schema: Text(),
  }),
  defineSetting({
    name: 'SINCH_AUTH_URL',
    secret: false,
    summary: 'Another address for Sinch’s OAuth2 server, for tests.',
    schema: Text(),
  }),
] as const;
