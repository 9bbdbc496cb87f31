import * as v from 'valibot';
import { defineOperation, Time, text } from '../operation.ts';
import { Flags, Scope } from './recipients.ts';

const State = v.picklist(['open', 'suppressed', 'dismissed']);

export const Review = v.object({
  id: v.string(),
  at: Time,
  /** When it is overdue (setting REVIEW_DUE): then a near miss suppresses marketing. */
  due: Time,
  /** A message that may be a STOP, contacts of one person whose consents differ, or contacts that share an address. */
  kind: v.picklist(['near-miss', 'consents-differ', 'duplicate']),
  state: State,
  reason: v.string(),
  rule: v.string(),
  /** `GET /v1/decisions/{id}`. */
  decision: v.string(),
  text: v.nullable(v.string()),
  /** The contacts that it is about: duplicated or merged ones. */
  contacts: v.array(v.string()),
  people: v.array(
    v.object({
      contact: v.nullable(v.string()),
      channel: v.string(),
      identity: v.string(),
      /** The suppressed scopes when the review was opened. */
      suppressed: v.boolean(),
      marketing: v.boolean(),
      notification: v.boolean(),
      /** The suppressed scopes now, in the response to a decision, where they can be read. */
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

/** The decision: it was a STOP, or it was not. */
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
  summary: 'Reviews that wait for a decision',
  description:
    'Messages that may be a STOP, contacts of one person whose consents differ, and contacts that share an address. A merge closes the review of its contacts. Addresses and texts are shown in plain form.',
  query: ReviewQuery,
  responses: { 200: { description: 'Newest first.', content: Reviews } },
});

export const decideReview = defineOperation({
  name: 'decideReview',
  method: 'post',
  path: '/v1/reviews/:id',
  role: 'admin',
  summary: 'Decide a review',
  description:
    'A review is decided once; what was suppressed because nobody decided in time (`decided_by` is `signalbox`) may still be decided. `suppress` counts from the time of the message, so a later START still counts. `now` returns the suppressed scopes of each person after the decision.',
  params: { id: v.string() },
  body: ReviewDecision,
  responses: {
    200: { description: 'The decided review.', content: Review },
    404: { description: 'No review has this id.' },
    409: { description: 'The review is decided already.' },
  },
});

export const operations = [listReviews, decideReview] as const;
