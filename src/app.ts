import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { AppError, codeOf, messageOf } from './errors.ts';
import { consoleApp } from './routes/console.ts';
import { routes } from './routes/index.ts';
import { problem } from './routes/problem.ts';
import type { Secured } from './routes/token.ts';

/** The HTTP app. A callback that is accepted goes without headers for browsers: only Sinch reads the response. */
export const app = new Hono<Secured>();

const CALLBACKS = '/callbacks';
const browserHeaders = secureHeaders();
app.use((c, next) => (c.req.path === CALLBACKS ? next() : browserHeaders(c, next)));

for (const { operation, handlers } of routes)
  app.on(operation.method.toUpperCase(), [operation.path], ...handlers);

app.route('/', consoleApp);

app.notFound((c) =>
  problem(
    new AppError(
      'not_found',
      `there is nothing at ${c.req.method} ${c.req.path.split('/').slice(0, 3).join('/')}`,
    ),
  ),
);

app.onError(async (error, c) => {
  const response = toResponse(error);
  if (c.req.path !== CALLBACKS) return response;
  // Sinch never retries a 4xx, so a refused callback is logged.
  if (error instanceof AppError)
    console.warn({ event: 'callback.refused', code: error.code, status: error.status });
  await browserHeaders(c, async () => {
    c.res = response;
  });
  return c.res;
});

/** Returns the problem+json response of an error. An error that is no AppError is a bug and is logged. */
function toResponse(error: Error): Response {
  if (error instanceof AppError) return problem(error);
  // Cloudflare marks errors of an object that is moved, updated or overloaded; a later try succeeds. Source: Durable Objects, error handling.
  const gone = ['retryable', 'overloaded'].some((mark) => Reflect.get(error, mark));
  console.error({
    event: gone ? 'request.object-gone' : 'request.bug',
    code: codeOf(error),
    message: messageOf(error),
  });
  return problem(
    gone
      ? new AppError('unavailable', 'it is not known whether this was done: check, or try again', {
          retryAfter: 5,
        })
      : new AppError('internal', 'this is a bug in Signalbox; its log has the details'),
  );
}
