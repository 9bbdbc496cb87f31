import { Hono } from 'hono/tiny';
import type * as v from 'valibot';
import { type PermitAnswer, PermitRequest } from '../api/permits.ts';
import { readable } from '../sending/send-checks.ts';
import { open } from '../services.ts';
import { accepts } from './accepts.ts';
import { checkChannel } from './check-names.ts';
import { needs, type Secured } from './token.ts';

/** `POST /v1/permits`: how many may go now under the throttle in force. Granted ones count as sent. */
export const permitRoutes = new Hono<Secured>().post(
  '/',
  needs('send'),
  accepts(PermitRequest),
  async (c) => {
    return c.json(await takePermits(c.req.valid('json'), c.env));
  },
);

/** Takes permits from the throttle in force. */
export async function takePermits(
  { app_id, channel, content, count }: v.InferOutput<typeof PermitRequest>,
  env: Env,
): Promise<PermitAnswer> {
  checkChannel(channel);
  const { objects, now } = open(env);
  const { granted, retryAfter } = await readable(
    objects.senders.of(app_id, channel).permit({ content, count, now: now() }),
    'the limits of this sender',
  );
  return { granted, ...(retryAfter !== undefined && { retry_after: retryAfter }) };
}
