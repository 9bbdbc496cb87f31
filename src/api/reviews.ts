import * as v from 'valibot';
import { defineOperation, Time, text } from './operation.ts';
import { Flags, Scope } from './recipients.ts';

const State = v.picklist(['open', 'suppressed', 'dismissed']);

export const Review = v.object({
  id: v.string(),
  at: Time,
  /** A message that may be a STOP, or contacts that are one person and disagree. */
  kind: v.picklist(['near-miss', 'consents-differ']),
  state: State,
  reason: v.string(),
  rule: v.string(),
  /** `GET /v1/decisions/{id}`. */
  decision: v.string(),
  text: v.nullable(v.string()),
  people: v.array(
    v.object({
      contact: v.nullable(v.string()),
      channel: v.string(),
      identity: v.string(),
      /** What they had refused when the review was asked for: all messages, marketing, notifications. */
      suppressed: v.boolean(),
      marketing: v.boolean(),
      notification: v.boolean(),
      /** What they refuse now: in the answer to a decision, unless it cannot be read. */
      now: v.optional(Flags),
    }),
  ),
  decided_at: v.nullable(Time),
  decided_by: v.nullable(v.string()),
  decision_reason: v.nullable(v.string()),
});
export type Review = v.InferOutput<typeof Review>;

export const ReviewQuery = {
  state: v.optional(State, 'open'),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,2}$/, 'expected a number from 1 to 999'),
      v.transform(Number),
    ),
    '50',
  ),
};

/** What somebody decides: it was a STOP, or it was none. */
export const ReviewDecision = v.strictObject({
  decision: v.picklist(['suppress', 'dismiss']),
  scope: v.optional(Scope, 'all'),
  actor: text(100),
  reason: text(500),
});

export const Reviews = v.object({ reviews: v.array(Review) });

export const listReviews = defineOperation({
  name: 'listReviews',
  method: 'get',
  path: '/v1/reviews',
  role: 'admin',
  summary: 'What a person has to decide',
  description:
    'Messages that may be a STOP, and contacts that are one person whose consents differ. Addresses and texts are shown in clear.',
  query: ReviewQuery,
  responses: { 200: { description: 'Newest first.', content: Reviews } },
});

export const decideReview = defineOperation({
  name: 'decideReview',
  method: 'post',
  path: '/v1/reviews/:id',
  role: 'admin',
  summary: 'Decide a review, once',
  description:
    '`suppress` counts from when the message was written, so a START that came after it still holds. `now` says of each person what they refuse after it all.',
  params: { id: v.string() },
  body: ReviewDecision,
  responses: {
    200: { description: 'The review as decided.', content: Review },
    404: { description: 'There is none of this name.' },
    409: { description: 'Somebody decided it before.' },
  },
});

export const operations = [listReviews, decideReview] as const;
