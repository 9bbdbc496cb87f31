import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { onTestFinished } from 'vitest';
import { readSecrets, verifySignature } from '../../../src/callbacks/signature.ts';

const ID = 'CALLBACK000000000000000000';

/** A deployed Worker as `setup` sees it: it verifies with the secrets that wrangler was given. */
export async function deployedWorker(secrets: () => Readonly<Record<string, string>>) {
  const received: object[] = [];
  const app = new Hono()
    .post('/callbacks', async (c) => {
      const { WEBHOOK_SECRETS } = secrets();
      // A new address answers 404 at first.
      if (WEBHOOK_SECRETS === undefined) return c.text('nothing here yet', 404);
      const body = new Uint8Array(await c.req.arrayBuffer());
      const callback = JSON.parse(new TextDecoder().decode(body));
      await verifySignature({
        body,
        headers: c.req.raw.headers,
        secrets: readSecrets(WEBHOOK_SECRETS),
        now: Date.now(),
      });
      received.push(callback);
      return c.json({ id: ID, trigger: 'EVENT_INBOUND', fired: [] });
    })
    .get('/v1/decisions/:id', (c) =>
      c.req.header('authorization') === `Bearer ${secrets().API_TOKEN}` && received.length > 0
        ? c.json({ id: ID })
        : c.json({}, 404),
    )
    .onError((_, c) => c.text('', 401));
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', () => resolve()));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${Object(server.address()).port}`, received };
}
