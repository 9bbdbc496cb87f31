import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { AppError, codeOf, messageOf } from './errors.ts';
import { alertRoutes } from './routes/alerts.ts';
import { callbackRoutes } from './routes/callbacks.ts';
import { consentRoutes } from './routes/consent.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { decisionRoutes, driftRoutes, statsRoutes } from './routes/decisions.ts';
import { dryRunRoutes } from './routes/dry-run.ts';
import { eraseRoutes } from './routes/erase.ts';
import { healthRoutes } from './routes/health.ts';
import { heldRoutes, pauseRoutes } from './routes/levers.ts';
import { maySendRoutes } from './routes/may-send.ts';
import { messageRoutes } from './routes/messages.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { permitRoutes } from './routes/permits.ts';
import { problem } from './routes/problem.ts';
import { recipientRoutes } from './routes/recipients.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { rulebookRoutes } from './routes/rulebooks.ts';
import { sendRoutes } from './routes/send.ts';
import { senderRoutes } from './routes/senders.ts';
import { silenceRoutes } from './routes/silences.ts';
import { withToken } from './routes/token.ts';

/** The HTTP side: routes are mounted here, and every error becomes an answer here. */
export const app = new Hono<{ Bindings: Env }>()
  // Sinch is no browser.
  .route('/callbacks', callbackRoutes)
  .use(secureHeaders())
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
  .route('/v1/alerts', alertRoutes)
  .route('/v1/silences', silenceRoutes)
  .route('/v1/dead-letters', deadLetterRoutes)
  .route('/v1/decisions', decisionRoutes)
  .route('/v1/stats', statsRoutes)
  .route('/v1/drift', driftRoutes)
  .notFound((c) =>
    problem(
      new AppError('not_found', `there is nothing at ${c.req.method} ${c.req.path.split('/').slice(0, 3).join('/')}`),
    ),
  )
  .onError((error, c) => {
    if (error instanceof AppError) {
      // Sinch sends what is refused never again, and says so to nobody.
      if (c.req.path === '/callbacks')
        console.warn({ event: 'callback.refused', code: error.code, status: error.status });
      return problem(error);
    }
    console.error({ event: 'request.bug', code: codeOf(error), message: messageOf(error) });
    return problem(new AppError('internal', 'this is a bug in Signalbox; its log says more'));
  });

/** What the typed client (`signalbox/client`) knows of the routes. */
export type App = typeof app;
