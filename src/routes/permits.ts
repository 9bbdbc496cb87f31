import { Hono } from 'hono';
import { type PermitAnswer, PermitRequest } from '../api/permits.ts';
import { open } from '../wiring.ts';
import { accepts } from './accepts.ts';
import { needs, type Secured } from './token.ts';

/** `POST /v1/permits`: how many may go now under the throttle in force. Granted ones count as sent. */
export const permitRoutes = new Hono<Secured>().post('/', needs('send'), accepts(PermitRequest), async (c) => {
  const { entities, now } = open(c.env);
  const { app_id, channel, content, count } = c.req.valid('json');
  const { granted, retryAfter } = await entities.senders.of(app_id, channel).permit({ content, count, now: now() });
  return c.json({
    granted,
    ...(retryAfter !== undefined && { retry_after: retryAfter }),
  } satisfies PermitAnswer);
});
