import * as v from 'valibot';
import { defineSetting } from './define-setting.ts';
import { Country, Families, Milliseconds } from './values.ts';

/** What is stored, where and for how long. */
export const storageSettings = [
  defineSetting({
    name: 'CONSENT_CHANNEL_GROUPS',
    secret: false,
    default: 'SMS,MMS,RCS',
    summary:
      'Channels that share one consent, out of SMS, MMS, WHATSAPP, RCS and VIBERBM: a STOP on one applies to all. Fixed at the first deployment.',
    schema: Families,
  }),
  defineSetting({
    name: 'CONSENT_STOP_SCOPE',
    secret: false,
    default: 'project',
    summary:
      'What a STOP applies to: `project`, all apps, or `app`, only the app it was sent to. A START always applies to its app only. A change counts for later STOPs.',
    schema: v.picklist(['project', 'app']),
  }),
  defineSetting({
    name: 'REVIEW_DUE',
    secret: false,
    default: '3d',
    summary:
      'How long a review may wait for a decision. Then a near miss suppresses marketing. At most `10d`: US law allows 10 business days (47 CFR 64.1200(a)(10)).',
    schema: v.pipe(Milliseconds, v.maxValue(10 * 86_400_000, 'expected at most "10d"')),
  }),
  defineSetting({
    name: 'DEFAULT_COUNTRY',
    secret: false,
    summary:
      'The country of phone numbers in national form, like `US`, for imports and requests. Without it a national form is refused. It is not used for callbacks, nor for `/send`: there Sinch reads the number.',
    schema: Country,
  }),
  defineSetting({
    name: 'JURISDICTION',
    secret: false,
    summary: '`eu` stores Durable Objects in the EU. Fixed at the first deployment.',
    schema: v.picklist(['eu']),
  }),
  defineSetting({
    name: 'MESSAGE_RETENTION',
    secret: false,
    default: '24h',
    summary:
      'How long a submitted message is stored, encrypted, for retries. If the `within` of a `retry` is longer, the message may be gone; the retry is then skipped, and the journal states it.',
    schema: Milliseconds,
  }),
  defineSetting({
    name: 'UNSUPPORTED_RETENTION',
    secret: false,
    default: '30d',
    summary:
      'How long a raw UNSUPPORTED callback is stored, encrypted: `GET /v1/unsupported` shows it to admins.',
    schema: Milliseconds,
  }),
  defineSetting({
    name: 'CHANGES_RETENTION',
    secret: false,
    default: '30d',
    summary:
      'How long a change is in the feed `GET /v1/changes`. A reader that is away for longer has to compare everything once.',
    schema: Milliseconds,
  }),
  defineSetting({
    name: 'RECORDING_RETENTION',
    secret: false,
    default: '400d',
    summary:
      'How long recordings and media are stored; then the nightly run deletes them. The law may require more or less.',
    schema: Milliseconds,
  }),
] as const;
