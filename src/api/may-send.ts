import * as v from 'valibot';
import { Content } from '../rules/model/values.ts';
import { Channel, defineOperation, Time, text } from './operation.ts';

/** How many people one question may name, and how many senders. */
export const MOST = { recipients: 1_000, senders: 32 } as const;

/** One person whom somebody wants to send something. */
export const Ask = v.strictObject({
  channel: Channel,
  identity: text(),
  /** The app that would send: without it, nobody could see that its sender is stopped. */
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

/** `strong` asks those who hold the truth; `fast` reads the copies in KV, which may be a minute behind or more. */
export const Consistency = v.picklist(['strong', 'fast']);
export type Consistency = v.InferOutput<typeof Consistency>;

/** Why somebody may not be written to. */
export const Reason = v.object({
  /** Stable: what a machine goes by. */
  code: v.picklist([
    'opted_out',
    'opted_out_marketing',
    'opted_out_notification',
    'sender_stopped',
    'consent_unavailable',
    'throttle_unavailable',
  ]),
  /** A sentence for people. */
  message: v.string(),
  since: v.optional(Time),
  until: v.optional(Time),
  /** What proves it: the id of the decision (`GET /v1/decisions/{id}`), or who did it by hand, or the copy that was read. */
  decision_id: v.string(),
});
export type Reason = v.InferOutput<typeof Reason>;

export const Verdict = v.object({ allowed: v.boolean(), reasons: v.array(Reason) });
export type Verdict = v.InferOutput<typeof Verdict>;

/** How fast one sender may send one kind of content now. */
export const Pace = v.object({
  app_id: v.string(),
  channel: v.string(),
  content: Content,
  /** The limit in force; null where there is none. */
  throttle: v.nullable(v.object({ to: v.string(), since: Time, until: Time, reason: v.string() })),
  /** How many may go at this moment; null where nothing limits them, and where only the copy in KV was read. */
  left: v.nullable(v.number()),
  /** Seconds until the next one may go, where none may now. */
  retry_after: v.optional(v.number()),
});
export type Pace = v.InferOutput<typeof Pace>;

export const MaySendAnswer = v.object({
  /** In the order asked. */
  results: v.array(Verdict),
  /** One for each app, channel and content that was named. */
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
  description: `Ask right before sending. Whatever cannot be read is not allowed: \`consent_unavailable\`. \`allowed\` speaks of consent and of senders that are stopped; how many may go now stands in \`senders\` (\`left\`; \`retry_after\` in seconds), and \`POST /v1/permits\` takes some. At most ${MOST.senders} senders (app and channel) in one call. \`consistency=fast\` reads copies that may be a minute behind or more, and that do not know what is left.`,
  query: { consistency: v.optional(Consistency, 'strong') },
  body: MaySendRequest,
  responses: {
    200: { description: 'A verdict for each, in the order asked.', content: MaySendAnswer },
  },
});

export const operations = [maySend] as const;
