import * as v from 'valibot';
import { Content } from '../../rules/model/values.ts';
import { defineOperation, Time } from '../operation.ts';

/** The name under which a limit set by hand is stored. No rule can have this name. */
export const BY_HAND = 'by hand';

/** Returns what set a limit, for a sentence. */
export const byWhat = (reason: string): string => (reason === BY_HAND ? reason : `by ${reason}`);

const Limit = {
  to: v.string(),
  content: Content,
  until: Time,
  /** The rule that set it, or the actor who set it by hand. */
  reason: v.string(),
};

/** An event of a sender: a rating, a limit, a release. */
export const SenderRecord = v.looseObject({ at: Time, event: v.string() });
export type SenderRecord = v.InferOutput<typeof SenderRecord>;

export const Sender = v.looseObject({
  /** The newest quality rating; null before the first one. */
  quality: v.nullable(v.string()),
  /** The start of this rating. */
  since: v.nullable(Time),
  /** The newest messaging limit, as the channel writes it, and its start; null before the first one. */
  messaging_limit: v.nullable(v.object({ limit: v.string(), since: Time })),
  /** The strictest limit in force. */
  throttle: v.nullable(v.object(Limit)),
  /** All limits in force. */
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
  summary: 'Rating and limits of a sender',
  params: { app: v.string(), channel: v.string() },
  responses: {
    200: { description: 'The rating, limits and history of the sender.', content: Sender },
  },
});

export const operations = [readSender] as const;
