import { Hono } from 'hono/tiny';
import * as v from 'valibot';
import { Consistency, MaySendRequest } from '../api/may-send.ts';
import { maySend } from '../sending/may-send.ts';
import { open } from '../services.ts';
import { accepts, asks } from './accepts.ts';
import { needs, type Secured } from './token.ts';

/** `POST /v1/may-send`: may these people be written to, and how fast? What cannot be read is not allowed. */
export const maySendRoutes = new Hono<Secured>().post(
  '/',
  needs('send'),
  asks({ consistency: v.optional(Consistency, 'strong') }),
  accepts(MaySendRequest),
  async (c) => {
    const { objects, now } = open(c.env);
    const { recipients } = c.req.valid('json');
    return c.json(
      await maySend(recipients, c.req.valid('query').consistency, { objects, now, kv: c.env.KV }),
    );
  },
);
