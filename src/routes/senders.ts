import { Hono } from 'hono';
import { time } from '../api/operation.ts';
import type { Sender } from '../api/senders.ts';
import type { ActiveLimit } from '../entities/limits.ts';
import type { SenderState } from '../entities/senders.ts';
import { open } from '../wiring.ts';
import { needs, type Secured } from './token.ts';

/** `GET /v1/senders/{app_id}/{channel}`: the quality rating of a sender, since when, and the throttle in force. */
export const senderRoutes = new Hono<Secured>().get('/:app/:channel', needs('read'), async (c) => {
  const { entities, now } = open(c.env);
  const { app, channel } = c.req.param();
  return c.json(shown(await entities.senders.of(app, channel.toUpperCase()).read(now())));
});

/** A sender as it goes out: moments as texts, the callback as the decision that it led to. */
const shown = ({ quality, since, throttle, limits, history, ...more }: SenderState): Sender => ({
  ...more,
  quality,
  since: since === null ? null : time(since),
  throttle: throttle && { ...throttle, until: time(throttle.until) },
  limits: limits.map((limit: ActiveLimit) => ({ ...limit, since: time(limit.since), until: time(limit.until) })),
  history: history.map(({ at, callbackId, ...event }) => ({
    ...event,
    at: time(at),
    ...('until' in event && { until: time(event.until) }),
    decision: callbackId,
  })),
});
