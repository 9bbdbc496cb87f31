import { Hono } from 'hono/tiny';
import { AppError, codeOf, messageOf } from './errors.ts';
import { alertRoutes } from './routes/alerts.ts';
import { setBrowserHeaders, withBrowserHeaders } from './routes/browser-headers.ts';
import { callbackRoutes } from './routes/callbacks.ts';
import { catalogueRoutes } from './routes/catalogue.ts';
import { consentRoutes } from './routes/consent.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { decisionRoutes, driftRoutes, statsRoutes } from './routes/decisions.ts';
import { dryRunRoutes } from './routes/dry-run.ts';
import { eraseRoutes } from './routes/erase.ts';
import { healthRoutes } from './routes/health.ts';
import { maySendRoutes } from './routes/may-send.ts';
import { messageRoutes } from './routes/messages.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { heldRoutes, pauseRoutes } from './routes/pauses.ts';
import { permitRoutes } from './routes/permits.ts';
import { problem } from './routes/problem.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { recipientRoutes } from './routes/recipients.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { rulebookRoutes } from './routes/rulebooks.ts';
import { sendRoutes } from './routes/send.ts';
import { senderRoutes } from './routes/senders.ts';
import { silenceRoutes } from './routes/silences.ts';
import { withToken } from './routes/token.ts';

/** The API for people and sending systems. */
export const api = new Hono<{ Bindings: Env }>()
  .use(withBrowserHeaders)
  .route('/healthz', healthRoutes)
  .route('/metrics', metricsRoutes)
  .route('/send', sendRoutes)
  .use('/v1/*', withToken)
  .route('/v1/may-send', maySendRoutes)
  .route('/v1/permits', permitRoutes)
  .route('/v1/messages', messageRoutes)
  .route('/v1/dry-run', dryRunRoutes)
  .route('/v1/recipients', recipientRoutes)
  .route('/v1/reviews', reviewRoutes)
  .route('/v1/consent', consentRoutes)
  .route('/v1/pauses', pauseRoutes)
  .route('/v1/held', heldRoutes)
  .route('/v1/erase', eraseRoutes)
  .route('/v1/recordings', recordingRoutes)
  .route('/v1/senders', senderRoutes)
  .route('/v1/rulebooks', rulebookRoutes)
  .route('/v1/catalogue', catalogueRoutes)
  .route('/v1/alerts', alertRoutes)
  .route('/v1/silences', silenceRoutes)
  .route('/v1/dead-letters', deadLetterRoutes)
  .route('/v1/quarantine', quarantineRoutes)
  .route('/v1/decisions', decisionRoutes)
  .route('/v1/stats', statsRoutes)
  .route('/v1/drift', driftRoutes)
  .notFound((c) =>
    problem(
      new AppError(
        'not_found',
        `there is nothing at ${c.req.method} ${c.req.path.split('/').slice(0, 3).join('/')}`,
      ),
    ),
  )
  .onError(answered);

/** The HTTP app. `/callbacks` is matched first; its 200 carries no browser headers, since Sinch is no browser. */
export const app = new Hono<{ Bindings: Env }>()
  .route('/callbacks', callbackRoutes)
  .notFound((c) => api.fetch(c.req.raw, c.env, c.executionCtx))
  .onError((error) => {
    // Sinch never retries a 4xx, so log it.
    if (error instanceof AppError)
      console.warn({ event: 'callback.refused', code: error.code, status: error.status });
    const answer = answered(error);
    setBrowserHeaders(answer);
    return answer;
  });

/** The response to an error. */
function answered(error: Error): Response {
  if (error instanceof AppError) return problem(error);
  // Cloudflare marks errors of an object that is being moved, updated or overloaded; they pass soon. Source: Durable Objects, error handling.
  const gone = ['retryable', 'overloaded'].some((mark) => Reflect.get(error, mark));
  console.error({
    event: gone ? 'request.object-gone' : 'request.bug',
    code: codeOf(error),
    message: messageOf(error),
  });
  return problem(
    gone
      ? new AppError(
          'unavailable',
          'it is not known whether this was done: check, or try again',
          {
            retryAfter: 5,
          },
        )
      : new AppError('internal', 'this is a bug in Signalbox; see its log'),
  );
}

/** The routes as a type, for the typed client (`signalbox/client`). */
export type App = typeof api;
