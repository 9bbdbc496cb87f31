import { Hono } from 'hono/tiny';
import { needs, type Secured } from './token.ts';

/** `GET /v1/catalogue`: what a rule may be made of. Node writes it before the build, so that what draws JSON Schemas does not travel. */
export const catalogueRoutes = new Hono<Secured>().get('/', needs('read'), async (c) => {
  const file = await c.env.ASSETS.fetch(new URL('/catalogue.json', c.req.url));
  // An asset's own headers cannot be added to.
  return new Response(file.body, file);
});
