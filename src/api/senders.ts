import * as v from 'valibot';
import { Content } from '../rules/model/values.ts';
import { defineOperation, Time } from './operation.ts';

/** Stands where a rule's name would when a person set a limit: no rule can have it. */
export const BY_HAND = 'by hand';

/** What set a limit, as a sentence says it. */
export const byWhat = (reason: string): string => (reason === BY_HAND ? reason : `by ${reason}`);

const Limit = {
  to: v.string(),
  content: Content,
  until: Time,
  /** The rule that set it, or who did it by hand. */
  reason: v.string(),
};

/** Something that happened to a sender: a rating, a limit, a release. */
export const SenderRecord = v.looseObject({ at: Time, event: v.string() });
export type SenderRecord = v.InferOutput<typeof SenderRecord>;

export const Sender = v.looseObject({
  /** The newest quality rating; null where none was told. */
  quality: v.nullable(v.string()),
  /** Since when it has been that. */
  since: v.nullable(Time),
  /** The strictest limit in force. */
  throttle: v.nullable(v.object(Limit)),
  /** All of them. */
  limits: v.array(v.looseObject({ ...Limit, since: Time })),
  /** Oldest first. */
  history: v.array(SenderRecord),
});
export type Sender = v.InferOutput<typeof Sender>;

export const readSender = defineOperation({
  name: 'readSender',
  method: 'get',
  path: '/v1/senders/:app/:channel',
  role: 'read',
  summary: 'How does this sender stand?',
  params: { app: v.string(), channel: v.string() },
  responses: { 200: { description: 'Its rating, its limits and its history.', content: Sender } },
});

export const operations = [readSender] as const;
