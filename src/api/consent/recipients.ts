import * as v from 'valibot';
import { defineOperation, Time, text } from '../operation.ts';

/** The scope of a suppression; `all` implies the others. */
export const Scope = v.picklist(['all', 'marketing', 'notification']);
export type Scope = v.InferOutput<typeof Scope>;

/** The suppressed scopes; `all` implies the others. */
export const Flags = v.object({
  all: v.boolean(),
  marketing: v.boolean(),
  notification: v.boolean(),
});

/** One change of a recipient's consent, with its proof. */
export const ConsentRecord = v.object({
  at: Time,
  scope: Scope,
  /** `hold`: a near miss waits for a decision, and until then marketing is not allowed; `undone` names the decision. */
  to: v.picklist(['out', 'in', 'hold']),
  /** The app that the person wrote to, or that a list or an operator names. */
  app: v.optional(v.string()),
  /** `app`: an opt-out that applies to that app only (setting CONSENT_STOP_SCOPE); missing: to all apps. */
  reach: v.optional(v.literal('app')),
  /** The origin: the person's words, a channel's opt-in or opt-out, a channel's refusal, a change by hand, an imported list. */
  source: v.string(),
  words: v.optional(v.string()),
  /** The proof that an imported list names. */
  evidence: v.optional(v.string()),
  /** The decision that made the change: `GET /v1/decisions/{id}`. */
  decision: v.optional(v.string()),
  rule: v.optional(v.string()),
  rulebook: v.optional(v.string()),
  actor: v.optional(v.string()),
  reason: v.optional(v.string()),
  /** The actor and reason of an import from another deployment's export, and the number of such imports before it. */
  imported: v.optional(v.string()),
  hops: v.optional(v.number()),
  /** The actor and reason of an undo; an undone change no longer counts. */
  undone: v.optional(v.string()),
});
export type ConsentRecord = v.InferOutput<typeof ConsentRecord>;

export const Recipient = v.object({
  /** The keyed hash of this person in stores and logs. */
  person: v.string(),
  /** Whether all content is suppressed, for the app of the query; without one, for at least one app. */
  suppressed: v.boolean(),
  /** The suppressed scopes, of the same app or apps; `all` implies the others. */
  scopes: Flags,
  /** The start of the present suppression, of any scope and any app. */
  since: v.nullable(Time),
  /** The suppressed scopes for each app with a consent record. Changes that name no app have the key `""`. */
  apps: v.record(v.string(), Flags),
  /** The suppressed scopes for any other app. */
  other_apps: Flags,
  /** Since when a near miss waits for a decision: until then marketing is not allowed. */
  review_since: v.nullable(Time),
  /** Oldest first. */
  history: v.array(ConsentRecord),
  /** The last certain capability per channel and app, else the newest, and its age in seconds. */
  capability: v.array(
    v.object({
      channel: v.string(),
      /** The app that asked. */
      app_id: v.optional(v.string()),
      status: v.string(),
      at: Time,
      age_seconds: v.number(),
      /** A newer answer said nothing certain. */
      unknown_at: v.optional(Time),
      display_name: v.optional(v.string()),
    }),
  ),
  /** The newest message on each channel that was delivered or read; a report of the last five minutes may be missing. */
  last_delivery: v.array(
    v.object({ channel: v.string(), status: v.string(), at: Time, message_id: v.string() }),
  ),
});
export type Recipient = v.InferOutput<typeof Recipient>;

export const RecipientChanged = v.object({ changed: v.boolean(), ...Recipient.entries });
export type RecipientChanged = v.InferOutput<typeof RecipientChanged>;

export const Place = { channel: v.string(), identity: v.string() };
export const AppQuery = { app_id: v.optional(v.string(), '') };

/** The actor and the reason of a change by hand. Both are stored. */
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

/** One person of an export. A person whose data was erased has no address. */
export const ExportLine = v.object({
  /** Continues after this line: `?cursor=`. */
  cursor: v.string(),
  person: v.string(),
  channel: v.nullable(v.string()),
  identity: v.nullable(v.string()),
  app_id: v.nullable(v.string()),
  suppressed: v.boolean(),
  scopes: Flags,
  since: v.nullable(Time),
  apps: v.record(v.string(), Flags),
  other_apps: Flags,
  review_since: v.nullable(Time),
  history: v.array(ConsentRecord),
});
export type ExportLine = v.InferOutput<typeof ExportLine>;

export const readRecipient = defineOperation({
  name: 'readRecipient',
  method: 'get',
  path: '/v1/recipients/:channel/:identity',
  role: 'read',
  summary: 'Consent of a recipient, with its history',
  description:
    'Returns the whole history as proof. A STOP applies to all apps of the project, a START to the app it was sent to: `app_id` asks for one app; without it, `suppressed` and `scopes` are those of the strictest app. Where identities belong to an app (Messenger, Instagram, LINE, WeChat, Viber bot), `app_id` is required.',
  params: Place,
  query: AppQuery,
  responses: {
    200: {
      description: 'The recipient. An unknown recipient is not suppressed.',
      content: Recipient,
    },
  },
});

export const suppressRecipient = defineOperation({
  name: 'suppressRecipient',
  method: 'put',
  path: '/v1/recipients/:channel/:identity',
  role: 'admin',
  summary: 'Suppress a recipient by hand',
  description:
    'Needs an actor and a reason. A later START of the person does not lift it; only a DELETE does.',
  params: Place,
  query: AppQuery,
  body: Suppression,
  responses: { 200: { description: 'The recipient after the change.', content: RecipientChanged } },
});

export const unsuppressRecipient = defineOperation({
  name: 'unsuppressRecipient',
  method: 'delete',
  path: '/v1/recipients/:channel/:identity',
  role: 'admin',
  summary: 'Lift the suppression of a recipient by hand',
  description:
    'Lifts every suppression of the scope, whether the person, a channel or an actor had set it: for all apps, or with `app_id` for that app. The history stays.',
  params: Place,
  query: LiftingQuery,
  responses: { 200: { description: 'The recipient after the change.', content: RecipientChanged } },
});

export const exportRecipients = defineOperation({
  name: 'exportRecipients',
  method: 'get',
  path: '/v1/recipients/export',
  role: 'admin',
  summary: 'Export all recipients that have a consent record',
  description:
    'NDJSON, one person per line. Each line has a cursor: continue an interrupted export after its last line. The export is complete when a call returns no line.',
  query: ExportQuery,
  responses: {
    200: {
      description: 'One JSON object per line.',
      content: {
        type: 'application/x-ndjson',
        description:
          'Lines of {cursor, person, channel, identity, app_id, suppressed, scopes, since, apps, other_apps, review_since, history}.',
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
