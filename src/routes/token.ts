import { createMiddleware } from 'hono/factory';
import { readSettings } from '../env.ts';
import { AppError } from '../errors.ts';

/** Lets in who bears `API_TOKEN`. Both sides are hashed, so that the compare takes the same time for every guess and length. */
export const withToken = createMiddleware<{ Bindings: Env }>(async (c, next) => {
  const { apiToken } = readSettings(c.env);
  if (!apiToken) throw new AppError('not_configured', 'setting API_TOKEN: is not set');
  const given = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
  const [wanted, got] = await Promise.all([digest(apiToken), digest(given)]);
  if (!crypto.subtle.timingSafeEqual(wanted, got))
    throw new AppError('unauthorized', 'Authorization: Bearer <API_TOKEN> is needed');
  await next();
});

const digest = (text: string): Promise<ArrayBuffer> => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
