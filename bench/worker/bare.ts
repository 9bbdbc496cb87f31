import { Hono } from 'hono';
import { readSigned } from './signed.ts';

/** The least that a webhook can do: verify the signature, parse the body, answer 200. Written for speed alone. */
const app = new Hono<{ Bindings: { WEBHOOK_SECRETS: string } }>().post('/callbacks', async (c) => {
  const body = await readSigned(c.req.raw, c.env.WEBHOOK_SECRETS);
  if (body === undefined) return c.text('', 401);
  const callback: unknown = JSON.parse(body);
  return c.json({ object: typeof callback === 'object' });
});

export default app;
