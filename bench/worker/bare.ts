import { Hono } from 'hono';

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;
let key: CryptoKey | undefined;

/** The least that a webhook can do: verify the signature, parse the body, answer 200. Written for speed alone. */
const app = new Hono<{ Bindings: { WEBHOOK_SECRETS: string } }>().post('/callbacks', async (c) => {
  const { headers } = c.req.raw;
  const body = new Uint8Array(await c.req.arrayBuffer());
  key ??= await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(c.env.WEBHOOK_SECRETS),
    HMAC,
    false,
    ['verify'],
  );
  const nonce = headers.get('x-sinch-webhook-signature-nonce') ?? '';
  const timestamp = headers.get('x-sinch-webhook-signature-timestamp') ?? '';
  const tail = new TextEncoder().encode(`.${nonce}.${timestamp}`);
  const signed = new Uint8Array(body.length + tail.length);
  signed.set(body);
  signed.set(tail, body.length);
  const signature = atob(headers.get('x-sinch-webhook-signature') ?? '');
  const bytes = Uint8Array.from(signature, (char) => char.charCodeAt(0));
  if (!(await crypto.subtle.verify(HMAC, key, bytes, signed))) return c.text('', 401);
  const callback: unknown = JSON.parse(new TextDecoder().decode(body));
  return c.json({ object: typeof callback === 'object' });
});

export default app;
