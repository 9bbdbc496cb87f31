import { type Context, Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { AppError, codeOf, messageOf } from './errors.ts';
import { consoleApp } from './routes/console.ts';
import { routes } from './routes/index.ts';
import { isUnchanged, notModified } from './routes/not-modified.ts';
import { problem, sinchProblem } from './routes/problem.ts';
import { counted } from './routes/sending/gateway-metrics.ts';
import { passThrough } from './routes/sending/pass-through.ts';
import type { Secured } from './routes/token.ts';

/** The HTTP app. A callback that is accepted goes without headers for browsers: only Sinch reads the response. */
export const app = new Hono<Secured>();

const CALLBACKS = '/callbacks';
/** Here clients of Sinch send. Their errors have Sinch's form, and an answer of Sinch keeps its headers. */
const isGateway = (path: string): boolean =>
  path === '/send' || path.startsWith('/send/') || path.startsWith('/v1/projects/');
const browserHeaders = secureHeaders();
app.use(async (c, next) => {
  if (c.req.path === CALLBACKS) return next();
  if (!isGateway(c.req.path)) return browserHeaders(c, next);
  await next();
  if (c.error) await browserHeaders(c, async () => {});
});
app.use('/v1/*', async (c, next) => {
  await next();
  if (isGateway(c.req.path)) return;
  c.res.headers.set('cache-control', 'no-store');
  if (!isUnchanged(c.req.raw, c.res)) return;
  const unchanged = await notModified(c.res);
  // A response that replaces another one would get its headers.
  c.res = undefined;
  c.res = unchanged;
});

for (const { operation, handlers } of routes)
  app.on(operation.method.toUpperCase(), [operation.path], ...handlers);

app.route('/', consoleApp);

const countedPassThrough = (c: Context<Secured>) => counted(c, 'other', () => passThrough(c));
app.all('/send', countedPassThrough);
app.all('/send/*', countedPassThrough);
app.all('/v1/projects/*', countedPassThrough);

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Returns the methods of the routes at a path. */
const methodsAt = (path: string): string[] =>
  METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  ).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));

app.notFound((c) => {
  const shown = c.req.path.split('/').slice(0, 3).join('/');
  const allow = c.req.path === CALLBACKS ? [] : methodsAt(c.req.path);
  return problem(
    allow.length === 0
      ? new AppError('not_found', `there is nothing at ${c.req.method} ${shown}`)
      : new AppError(
          'method_not_allowed',
          `${c.req.method} is not possible at ${shown}; possible: ${allow.join(', ')}`,
          { allow },
        ),
  );
});

app.onError(async (error, c) => {
  const response = toResponse(error, isGateway(c.req.path) ? sinchProblem : problem);
  if (c.req.path !== CALLBACKS) return response;
  // Sinch never retries a 4xx, so a refused callback is logged.
  if (error instanceof AppError)
    // @event callback.refused | A callback got a status other than 200. Sinch never retries a
    //   4xx, so it is logged here.
    console.warn({ event: 'callback.refused', code: error.code, status: error.status });
  await browserHeaders(c, async () => {
    c.res = response;
  });
  return c.res;
});

/** Returns the response of an error in a form. An error that is no AppError is a bug and is logged. */
function toResponse(error: Error, form: (error: AppError) => Response): Response {
  if (error instanceof AppError) return form(error);
  // Cloudflare marks errors of an object that is moved, updated or overloaded; a later try succeeds. Source: Durable Objects, error handling.
  const gone = ['retryable', 'overloaded'].some((mark) => Reflect.get(error, mark));
  console.error({
    // @event request.bug | A request failed with an unexpected error and was answered 500.
    //   Report it.
    // @event request.object-gone | A Durable Object was moved, updated or overloaded during a
    //   request, which was answered 503. A later try succeeds.
    event: gone ? 'request.object-gone' : 'request.bug',
    code: codeOf(error),
    message: messageOf(error),
  });
  return form(
    gone
      ? new AppError('unavailable', 'it is not known whether this was done: check, or try again', {
          retryAfter: 5,
        })
      : new AppError('internal', 'this is a bug in Signalbox; its log has the details'),
  );
}
