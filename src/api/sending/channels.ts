import * as v from 'valibot';
import { Content } from '../../rules/model/values.ts';
import { defineOperation, Identity, Time, text } from '../operation.ts';
import { Reason as Refusal } from './may-send.ts';

/** The most recipients of one request, and addresses of one recipient. */
export const MOST = { recipients: 1_000, addresses: 20 } as const;

/** The app that sends or asks. */
export const AppId = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'is missing: consent, limits and capability are those of an app'),
  v.maxLength(200, 'at most 200 characters'),
);

/** An address as a caller writes it. Unknown channels and unreadable identities are answered one by one, so any text is accepted. */
export const Named = { channel: v.pipe(v.string(), v.trim(), v.toUpperCase()), identity: Identity };

/** The body of a request about people: `{"recipients": […]}`. */
export const recipientList = <const S extends v.GenericSchema>(one: S) =>
  v.strictObject({
    recipients: v.pipe(
      v.array(one),
      v.minLength(1, 'name at least one recipient'),
      v.maxLength(MOST.recipients, `at most ${MOST.recipients} recipients in one call`),
    ),
  });

/** A person to reach: a contact, whose addresses are known from callbacks, or addresses. */
export const ChannelAsk = v.strictObject({
  contact_id: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200, 'at most 200 characters'))),
  addresses: v.optional(
    v.pipe(
      v.array(v.strictObject(Named)),
      v.maxLength(MOST.addresses, `at most ${MOST.addresses} addresses of one recipient`),
    ),
  ),
  app_id: AppId,
  content: Content,
});
export type ChannelAsk = v.InferOutput<typeof ChannelAsk>;

export const ChannelsRequest = recipientList(ChannelAsk);
export type ChannelsRequest = v.InferInput<typeof ChannelsRequest>;

/** What Sinch said about a person on a channel. `UNKNOWN`: nothing certain, or too long ago (setting CAPABILITY_MAX_AGE). */
export const Reachable = v.picklist(['FULL', 'PARTIAL', 'UNKNOWN', 'NO']);
export type Reachable = v.InferOutput<typeof Reachable>;

/** The last certain answer. */
const LastKnown = v.object({
  reachable: v.picklist(['FULL', 'PARTIAL', 'NO']),
  at: Time,
  age_seconds: v.number(),
});

/** Why a channel has its place in the order. */
export const ChannelReason = v.object({
  /** A stable code for programs. */
  code: v.picklist([
    ...Refusal.entries.code.options,
    'reachable',
    'partly_reachable',
    'not_reachable',
    'not_checked',
    'check_unknown',
    'answer_old',
    'reach_unavailable',
    'channel_not_configured',
    'preferred_by_hand',
    'preferred_by_contact',
    'last_reply',
    'last_read',
  ]),
  /** A sentence for people. */
  message: v.string(),
  since: v.optional(Time),
  until: v.optional(Time),
  /** For a refusal: the decision that set it, as in may-send. */
  decision_id: v.optional(v.string()),
});
export type ChannelReason = v.InferOutput<typeof ChannelReason>;

export const ChannelChoice = v.object({
  channel: v.string(),
  identity: v.string(),
  /** Whether consent and the limits of the sender allow it, as in may-send. */
  allowed: v.boolean(),
  reachable: Reachable,
  /** The newest answer of Sinch, certain or not, and its age. */
  checked_at: v.optional(Time),
  age_seconds: v.optional(v.number()),
  last_known: v.optional(LastKnown),
  /** Whether the person used or chose this channel; `reasons` says how. */
  preferred: v.boolean(),
  /** The name of the person on the channel, as Sinch reported it with the capability. */
  display_name: v.optional(v.string()),
  reasons: v.array(ChannelReason),
});
export type ChannelChoice = v.InferOutput<typeof ChannelChoice>;

/** Why no channel of a recipient is known. */
export const RecipientReason = v.object({
  code: v.picklist(['recipient_empty', 'contact_unknown', 'contacts_unavailable']),
  message: v.string(),
});
export type RecipientReason = v.InferOutput<typeof RecipientReason>;

export const Choice = v.object({
  /** The best one first. */
  channels: v.array(ChannelChoice),
  /** Present where the recipient itself cannot be read. */
  reasons: v.optional(v.array(RecipientReason)),
});
export type Choice = v.InferOutput<typeof Choice>;

export const ChannelsAnswer = v.object({
  /** In request order. */
  results: v.array(Choice),
  /** The channel priority of each app of the request at Sinch; null where it cannot be read, and then the order of the request counts. */
  apps: v.array(
    v.object({ app_id: v.string(), channel_priority: v.nullable(v.array(v.string())) }),
  ),
  as_of: Time,
});
export type ChannelsAnswer = v.InferOutput<typeof ChannelsAnswer>;

export const chooseChannels = defineOperation({
  name: 'chooseChannels',
  method: 'post',
  path: '/v1/channels',
  role: 'send',
  summary: 'On which channel do I reach these people?',
  description: `Returns the channels of each person, the best one first: allowed before not allowed; then FULL and PARTIAL, UNKNOWN, NO; then preferred; then the channel priority of the app at Sinch. A contact’s addresses are those that callbacks reported. A recipient or an address that cannot be read gets its own reason. An answer of Sinch that is older than CAPABILITY_MAX_AGE is requested again. An unknown answer never replaces a certain one: \`checked_at\` is the time of the newest answer, \`last_known\` the last certain one. At most ${MOST.recipients} recipients with ${MOST.addresses} addresses each, of 64 apps and on 64 senders (app and channel).`,
  body: ChannelsRequest,
  maxBytes: 4 * 1024 * 1024,
  responses: {
    200: { description: 'One result per recipient, in request order.', content: ChannelsAnswer },
  },
});

const Preference = v.strictObject({
  /** `false` ends the preference. */
  preferred: v.boolean(),
  actor: text(100),
  reason: text(500),
});

export const PreferenceSet = v.object({
  channel: v.string(),
  identity: v.string(),
  preferred: v.boolean(),
});

export const setPreference = defineOperation({
  name: 'setPreference',
  method: 'put',
  path: '/v1/recipients/:channel/:identity/preference',
  role: 'admin',
  summary: 'Set by hand whether a person prefers an address',
  description:
    'It counts before what the contact states and what the person uses, for all apps, or with `app_id` for that app; what was set last counts. Of several addresses of a person the one that was set last counts first. Needs an actor and a reason.',
  params: { channel: v.string(), identity: v.string() },
  query: { app_id: v.optional(v.string(), '') },
  body: Preference,
  responses: { 200: { description: 'The preference after the change.', content: PreferenceSet } },
});

export const operations = [chooseChannels, setPreference] as const;
