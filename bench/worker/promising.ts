import { DurableObject } from 'cloudflare:workers';
import { Hono } from 'hono';
import { readSigned } from './signed.ts';

interface Bindings {
  readonly WEBHOOK_SECRETS: string;
  readonly ROWS: DurableObjectNamespace<Rows>;
  readonly WORK: Queue;
  readonly UPSTREAM: string;
}

/** Stores one row a call, as plainly as an object can. */
export class Rows extends DurableObject<Bindings> {
  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, body TEXT NOT NULL)',
    );
  }

  async add(id: string, body: string): Promise<void> {
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO rows VALUES (?, ?)', id, body);
  }

  async read(id: string): Promise<string> {
    const [row] = this.ctx.storage.sql.exec<{ body: string }>(
      'SELECT body FROM rows WHERE id = ?',
      id,
    );
    return row?.body ?? '';
  }
}

/** As many objects as Signalbox has shards. */
const OBJECTS = 16;
let turn = 0;
const objectOf = (env: Bindings): DurableObjectStub<Rows> =>
  env.ROWS.getByName(`object-${turn++ % OBJECTS}`);

/**
 * The promises of Signalbox without its product: it verifies, parses, writes one row of an object, puts one message on a queue, and
 * then answers. `/send` reads one row, writes one, and passes the request on.
 */
const app = new Hono<{ Bindings: Bindings }>()
  .post('/callbacks', async (c) => {
    const body = await readSigned(c.req.raw, c.env.WEBHOOK_SECRETS);
    if (body === undefined) return c.text('', 401);
    const callback: unknown = JSON.parse(body);
    await Promise.all([objectOf(c.env).add(crypto.randomUUID(), body), c.env.WORK.send(callback)]);
    return c.json({ object: typeof callback === 'object' });
  })
  .post('/send/*', async (c) => {
    const body = await c.req.text();
    const object = objectOf(c.env);
    await object.read(body);
    const answer = await fetch(c.env.UPSTREAM, { method: 'POST', body });
    await object.add(crypto.randomUUID(), body);
    return new Response(answer.body, answer);
  });

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch): Promise<void> {
    batch.ackAll();
  },
};
