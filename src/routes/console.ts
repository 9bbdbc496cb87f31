import { Hono } from 'hono';
import { AppError } from '../errors.ts';
import { readSettings } from '../settings/settings.ts';
import { problem } from './problem.ts';

/** What the page may load: its own files, and nothing inline. */
const POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/**
 * `/console/*`: the page of every screen. Its scripts and styles are assets and never come here, so an address with a
 * file name is one that is not there.
 */
export const consoleApp = new Hono<{ Bindings: Env }>()
  .post('/console/sign-in', async (c) => {
    // Only `npm start` sets it: it holds the code of the one-time link.
    const { localSignInUrl } = readSettings(c.env);
    if (!localSignInUrl)
      return problem(new AppError('not_found', 'there is nothing at POST /console/sign-in'));
    const answer = await fetch(localSignInUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: await c.req.text(),
    });
    if (!answer.ok)
      return problem(new AppError('unauthorized', 'this link was used before or is too old'));
    return c.json(await answer.json<object>());
  })
  .get('/', (c) => {
    // A browser that opens the address of the Worker; a program gets the usual 404.
    if (c.req.header('accept')?.includes('text/html')) return c.redirect('/console/', 302);
    return problem(new AppError('not_found', 'there is nothing at GET /'));
  })
  .get('/console', (c) => c.redirect('/console/', 308))
  .get('/console/*', async (c) => {
    const file = c.req.path.split('/').at(-1) ?? '';
    const page = /\.\w+$/.test(file)
      ? undefined
      : await c.env.ASSETS.fetch(new URL('/console/', c.req.url));
    if (!page?.ok)
      return problem(new AppError('not_found', 'there is no such file: is the console built?'));
    return new Response(page.body, {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': POLICY,
        'cache-control': 'no-cache',
      },
    });
  });
