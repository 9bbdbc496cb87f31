import * as v from 'valibot';
import { defineOperation, Time, text } from './operation.ts';

/** What a person can refuse; `all` is stronger than the others. */
export const Scope = v.picklist(['all', 'marketing', 'notification']);
export type Scope = v.InferOutput<typeof Scope>;

/** Which scopes are refused; `all` implies the others. */
export const Flags = v.object({
  all: v.boolean(),
  marketing: v.boolean(),
  notification: v.boolean(),
});

/** One change of somebody's consent: what counts as proof. */
export const ConsentRecord = v.object({
  at: Time,
  scope: Scope,
  to: v.picklist(['out', 'in']),
  /** Who said so: the person's words, a channel's own opt-in or opt-out, a channel's refusal, somebody here, an imported list. */
  source: v.string(),
  words: v.optional(v.string()),
  /** Where an imported list has it from. */
  evidence: v.optional(v.string()),
  /** The decision that did it: `GET /v1/decisions/{id}`. */
  decision: v.optional(v.string()),
  rule: v.optional(v.string()),
  rulebook: v.optional(v.string()),
  actor: v.optional(v.string()),
  reason: v.optional(v.string()),
  /** Who took it over from another deployment's export, and why; and how many such steps lie behind it. */
  imported: v.optional(v.string()),
  hops: v.optional(v.number()),
  /** Taken back, by whom and why: it no longer counts. */
  undone: v.optional(v.string()),
});
export type ConsentRecord = v.InferOutput<typeof ConsentRecord>;

export const Recipient = v.object({
  /** The keyed hash that stands for this person in stores and logs. */
  person: v.string(),
  /** Whether nothing at all may be sent. */
  suppressed: v.boolean(),
  /** What is refused; `all` implies the others. */
  scopes: Flags,
  /** Since when anything has been refused without a break. */
  since: v.nullable(Time),
  /** Oldest first. */
  history: v.array(ConsentRecord),
  /** What each channel last said it can do for this person, and how many seconds ago. */
  capability: v.array(
    v.object({ channel: v.string(), status: v.string(), at: Time, age_seconds: v.number() }),
  ),
  /** The newest message on each channel that was delivered or read. */
  last_delivery: v.array(
    v.object({ channel: v.string(), status: v.string(), at: Time, message_id: v.string() }),
  ),
});
export type Recipient = v.InferOutput<typeof Recipient>;

export const RecipientChanged = v.object({ changed: v.boolean(), ...Recipient.entries });
export type RecipientChanged = v.InferOutput<typeof RecipientChanged>;

export const Place = { channel: v.string(), identity: v.string() };
export const AppQuery = { app_id: v.optional(v.string(), '') };

/** Who does it by hand, and why: both stay on record. */
const Hand = { actor: text(100), reason: text(500), scope: v.optional(Scope, 'all') };

export const Suppression = v.strictObject(Hand);
export const LiftingQuery = { ...AppQuery, ...Hand };

/** Pages of an export. */
export const ExportQuery = {
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,2}:[0-9A-Z]{0,26}$/, 'expected the cursor of an earlier line'),
    ),
    '0:',
  ),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,5}$/, 'expected a number from 1 to 100000'),
      v.transform(Number),
      v.maxValue(100_000, 'expected a number from 1 to 100000'),
    ),
    '100000',
  ),
};

/** One person of an export. Whose data was erased has no address any more. */
export const ExportLine = v.object({
  /** Goes on behind this line: `?cursor=`. */
  cursor: v.string(),
  person: v.string(),
  channel: v.nullable(v.string()),
  identity: v.nullable(v.string()),
  app_id: v.nullable(v.string()),
  suppressed: v.boolean(),
  scopes: Flags,
  since: v.nullable(Time),
  history: v.array(ConsentRecord),
});
export type ExportLine = v.InferOutput<typeof ExportLine>;

export const readRecipient = defineOperation({
  name: 'readRecipient',
  method: 'get',
  path: '/v1/recipients/:channel/:identity',
  role: 'read',
  summary: 'What does this person refuse, and since when?',
  description:
    'With the whole history as proof. `app_id` where identities belong to an app: Messenger, Instagram, LINE, WeChat, Viber bot.',
  params: Place,
  query: AppQuery,
  responses: {
    200: { description: 'The person; somebody unknown refuses nothing.', content: Recipient },
  },
});

export const suppressRecipient = defineOperation({
  name: 'suppressRecipient',
  method: 'put',
  path: '/v1/recipients/:channel/:identity',
  role: 'admin',
  summary: 'Write to this person no more',
  description:
    'By hand, so it says who and why. A later START of the person does not lift it; only a DELETE does.',
  params: Place,
  query: AppQuery,
  body: Suppression,
  responses: { 200: { description: 'The person as it counts now.', content: RecipientChanged } },
});

export const unsuppressRecipient = defineOperation({
  name: 'unsuppressRecipient',
  method: 'delete',
  path: '/v1/recipients/:channel/:identity',
  role: 'admin',
  summary: 'This person may be written to again',
  description:
    'Lifts what the person, a channel or somebody by hand had set for the scope; the history stays.',
  params: Place,
  query: LiftingQuery,
  responses: { 200: { description: 'The person as it counts now.', content: RecipientChanged } },
});

export const exportRecipients = defineOperation({
  name: 'exportRecipients',
  method: 'get',
  path: '/v1/recipients/export',
  role: 'admin',
  summary: 'Everybody whose consent is on record',
  description:
    'NDJSON, one person a line. Each line carries a cursor: an export that broke off goes on behind its last line. It is whole when a call answers no line more.',
  query: ExportQuery,
  responses: {
    200: {
      description: 'One JSON object a line.',
      content: {
        type: 'application/x-ndjson',
        description:
          'Lines of {cursor, person, channel, identity, app_id, suppressed, scopes, since, history}.',
      },
    },
  },
});

export const operations = [
  readRecipient,
  suppressRecipient,
  unsuppressRecipient,
  exportRecipients,
] as const;
