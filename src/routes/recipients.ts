import { Hono } from 'hono';
import { open } from '../wiring.ts';
import { needs, type Secured } from './token.ts';

/** `GET /v1/recipients/{channel}/{identity}`: what a person allows, why, and what their channels can do. `?app_id=` for app-scoped channels. */
export const recipientRoutes = new Hono<Secured>().get('/:channel/:identity', needs('read'), async (c) => {
  const { entities } = open(c.env);
  const { channel, identity } = c.req.param();
  const [consent] = await entities.recipients.read([
    { channel: channel.toUpperCase(), identity, appId: c.req.query('app_id') ?? '' },
  ]);
  return c.json(consent ?? {});
});
