import * as v from 'valibot';
import { defineSetting } from './define-setting.ts';
import { Milliseconds, Rate, Text } from './values.ts';

/** Which channel reaches a person. */
export const channelSettings = [
  defineSetting({
    name: 'CAPABILITY_MAX_AGE',
    secret: false,
    default: '7d',
    summary:
      'How long an answer to a capability check counts. A younger one is not requested again; an older one is, when `POST /v1/channels` or `POST /v1/capability-checks` needs it.',
    schema: Milliseconds,
  }),
  defineSetting({
    name: 'CAPABILITY_CHECK_RATE',
    secret: false,
    default: '20/second',
    summary:
      'The rate of capability checks at Sinch over all apps. Each one is answered by at least one callback, and Sinch sends 25 callbacks a second to an app by default.',
    schema: Rate,
  }),
  defineSetting({
    name: 'CONTACT_PREFERENCE_PATH',
    secret: false,
    default: 'preferred_channel',
    summary:
      'Where the metadata of a contact, if it is JSON, names the channels that the contact prefers: a dotted path to one channel or to a list. Without it the contact’s channel priority at Sinch counts.',
    schema: Text(
      v.regex(/^[^.\s]+(\.[^.\s]+)*$/, 'expected a dotted path like "preferred_channel"'),
    ),
  }),
] as const;
