import * as v from 'valibot';
import { Content } from '../../rules/model/values.ts';
import { defineOperation, Identity, Time } from '../operation.ts';

/** The most recipients and senders that one request may name. */
export const MOST = { recipients: 1_000, senders: 32 } as const;

/** One intended send: a recipient, the app that sends, and the kind of content. */
export const Ask = v.strictObject({
  /** Unknown channels and unreadable identities are refused one by one, so any text is accepted here. */
  channel: v.pipe(v.string(), v.trim(), v.toUpperCase()),
  identity: Identity,
  /** The app that sends. Required, because a stopped sender is known by its app. */
  app_id: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'is missing: stops and limits are those of an app'),
    v.maxLength(200, 'at most 200 characters'),
  ),
  content: Content,
});
export type Ask = v.InferOutput<typeof Ask>;

export const MaySendRequest = v.strictObject({
  recipients: v.pipe(
    v.array(Ask),
    v.minLength(1, 'name at least one recipient'),
    v.maxLength(MOST.recipients, `at most ${MOST.recipients} recipients in one call`),
  ),
});
export type MaySendRequest = v.InferInput<typeof MaySendRequest>;

/** `strong` reads the source of truth; `fast` reads the copies in KV, which may be a minute old or more. */
export const Consistency = v.picklist(['strong', 'fast']);
export type Consistency = v.InferOutput<typeof Consistency>;

/** Why a recipient may not receive this message. */
export const Reason = v.object({
  /** A stable code for programs. */
  code: v.picklist([
    'opted_out',
    'opted_out_marketing',
    'opted_out_notification',
    'sender_stopped',
    'review_open',
    'identity_invalid',
    'channel_unknown',
    'consent_unavailable',
    'throttle_unavailable',
  ]),
  /** A sentence for people. */
  message: v.string(),
  since: v.optional(Time),
  until: v.optional(Time),
  /** The decision that set it (`GET /v1/decisions/{id}`), the actor who set it by hand, or the copy that was read; `none` without any. */
  decision_id: v.string(),
});
export type Reason = v.InferOutput<typeof Reason>;

/** What speaks against a message that is allowed. */
export const Warning = v.object({
  /** `not_reachable`: Sinch reported, not longer ago than the setting CAPABILITY_MAX_AGE, that the channel does not reach the person. */
  code: v.picklist(['not_reachable']),
  message: v.string(),
  since: Time,
});
export type Warning = v.InferOutput<typeof Warning>;

export const Verdict = v.object({
  allowed: v.boolean(),
  reasons: v.array(Reason),
  /** Missing where there is none, and with `consistency=fast`, which does not know. */
  warnings: v.optional(v.array(Warning)),
});
export type Verdict = v.InferOutput<typeof Verdict>;

/** The rate at which one sender may send one kind of content now. */
export const Pace = v.object({
  app_id: v.string(),
  channel: v.string(),
  content: Content,
  /** The limit in force, or null. */
  throttle: v.nullable(v.object({ to: v.string(), since: Time, until: Time, reason: v.string() })),
  /** The number of messages that may be sent now; null without a limit, and where only the copy in KV was read. */
  left: v.nullable(v.number()),
  /** Seconds until the next message may be sent, where none may be sent now. */
  retry_after: v.optional(v.number()),
});
export type Pace = v.InferOutput<typeof Pace>;

export const MaySendAnswer = v.object({
  /** In request order. */
  results: v.array(Verdict),
  /** One entry per app, channel and content in the request. */
  senders: v.array(Pace),
  consistency: Consistency,
  as_of: Time,
});
export type MaySendAnswer = v.InferOutput<typeof MaySendAnswer>;

export const maySend = defineOperation({
  name: 'maySend',
  method: 'post',
  path: '/v1/may-send',
  role: 'send',
  summary: 'May I send to these people?',
  description: `Ask right before you send. Each recipient gets its own answer: one that cannot be read is not allowed (\`identity_invalid\`, \`channel_unknown\`), nor is one whose consent cannot be read (\`consent_unavailable\`). 400 is the answer only to a request that cannot be read itself. \`allowed\` covers consent and stopped senders; \`warnings\` says where the channel does not reach the person (\`not_reachable\`; \`POST /v1/channels\` names a better one); \`senders\` returns how many messages may be sent now (\`left\`; \`retry_after\` in seconds), and \`POST /v1/permits\` takes permits. At most ${MOST.senders} senders (app and channel) in one call. \`consistency=fast\` reads copies that may be a minute behind or more, and that do not know what is left.`,
  query: { consistency: v.optional(Consistency, 'strong') },
  body: MaySendRequest,
  responses: {
    200: { description: 'One result per recipient, in request order.', content: MaySendAnswer },
  },
});

export const operations = [maySend] as const;
