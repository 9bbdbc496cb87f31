import * as v from 'valibot';
import { defineSetting } from './define-setting.ts';
import { Bytes, Milliseconds, Names, Share } from './values.ts';

/** The decision log. */
export const journalSettings = [
  defineSetting({
    name: 'JOURNAL',
    secret: false,
    default: 'all',
    summary:
      'Which callbacks are recorded: `all`, `acted` (only if a rule fired or failed) or `off`.',
    schema: v.picklist(['all', 'acted', 'off']),
  }),
  defineSetting({
    name: 'JOURNAL_PAYLOAD',
    secret: false,
    default: 'omit',
    summary:
      '`keep` stores each callback whole, encrypted; `omit` stores neither message texts nor contact data.',
    schema: v.picklist(['keep', 'omit']),
  }),
  defineSetting({
    name: 'JOURNAL_RETENTION',
    secret: false,
    default: '14d',
    summary: 'How long a journal entry is stored.',
    schema: Milliseconds,
  }),
  defineSetting({
    name: 'CONSENT_JOURNAL_RETENTION',
    secret: false,
    default: '400d',
    summary: 'How long a journal entry about consent is stored.',
    schema: Milliseconds,
  }),
  defineSetting({
    name: 'JOURNAL_INTERVAL',
    secret: false,
    default: '2s',
    summary:
      'How long an isolate collects journal records before it queues them together; at most `20s`. The records of an isolate that ends in between are lost. With `off` it queues each at once, which costs three queue operations a callback.',
    schema: v.union([
      v.pipe(
        v.literal('off'),
        v.transform(() => undefined),
      ),
      v.pipe(Milliseconds, v.maxValue(20_000, 'expected "off" or at most "20s"')),
    ]),
  }),
  defineSetting({
    name: 'METADATA_SEARCH_PATHS',
    secret: false,
    default: '',
    summary:
      'Paths into message metadata that is JSON, like `order.id,customer`: the journal stores a keyed hash of each value, and `GET /v1/decisions?metadata=` finds it. The whole metadata is always found. A change counts for later callbacks.',
    schema: Names,
  }),
  defineSetting({
    name: 'INDEX_AUDIT_RATE',
    secret: false,
    default: '0.001',
    summary:
      'Share of callbacks that json-rules-engine decides again without the index. A difference raises a critical alert. `0` disables it.',
    schema: Share,
  }),
  defineSetting({
    name: 'JOURNAL_MAX_BYTES',
    secret: false,
    default: '10000000000',
    summary:
      'The size that the database of the journal may have: 10 GB on Cloudflare’s paid plan, 500000000 on the free one. `/healthz` warns at 70 %; from 85 % on the oldest records leave early, except those about consent.',
    schema: Bytes,
  }),
] as const;
