import { Hono } from 'hono';
import { open } from '../wiring.ts';
import { needs, type Secured } from './token.ts';

/** `GET /v1/senders/{app_id}/{channel}`: the quality rating of a sender, since when, and the throttle in force. */
export const senderRoutes = new Hono<Secured>().get('/:app/:channel', needs('read'), async (c) => {
  const { entities, now } = open(c.env);
  const { app, channel } = c.req.param();
  return c.json(await entities.senders.of(app, channel.toUpperCase()).read(now()));
});
