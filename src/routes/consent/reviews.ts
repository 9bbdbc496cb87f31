import { type Review as Answer, decideReview, listReviews } from '../../api/consent/reviews.ts';
import { time } from '../../api/operation.ts';
import { open } from '../../services.ts';
import type { Decided, Review } from '../../stores/reviews.ts';
import { route } from '../route.ts';
import { onRecord } from '../token.ts';

const shown = ({
  callback_id,
  channel: _,
  scope: __,
  sides,
  text,
  refuses,
  hold: _hold,
  appId: _appId,
  due,
  ...review
}: Review & Partial<Decided>): Answer => ({
  ...review,
  at: time(review.at),
  due: time(due),
  decision: callback_id,
  text: text ?? null,
  people: sides.map(({ contact, address, suppressed, marketing, notification }, side) => ({
    contact: contact ?? null,
    channel: address.channel,
    identity: address.identity,
    suppressed,
    marketing,
    notification,
    ...(refuses?.[side] && { now: refuses[side] }),
  })),
  decided_at: review.decided_at === null ? null : time(review.decided_at),
});

/** `/v1/reviews`: lists and decides reviews. They identify people and change consent, so they need the role admin. */
export const reviewRoutes = [
  route(listReviews, async (c) => {
    const { state, limit } = c.req.valid('query');
    return c.json({ reviews: (await open(c.env).reviews.list(state, limit)).map(shown) });
  }),
  route(decideReview, async (c) => {
    const { reviews, now } = open(c.env);
    const verdict = c.req.valid('json');
    const actor = onRecord(verdict.actor, c.var.caller);
    return c.json(shown(await reviews.decide(c.req.param('id'), { ...verdict, actor }, now())));
  }),
];
