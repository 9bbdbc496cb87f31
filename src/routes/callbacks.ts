import { receiveCallback } from '../api/callbacks.ts';
import { type Callback, MAX_BYTES, readCallback } from '../callbacks/callback.ts';
import { readSecrets, speaksFor, verifySignature } from '../callbacks/signature.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { defer, pass } from '../pipeline/ingest.ts';
import { noteHost } from '../pipeline/loop-guard.ts';
import { tellUnreadable } from '../pipeline/unreadable-alert.ts';
import { open } from '../services.ts';
import { readSettings } from '../settings/settings.ts';
import { quarantine } from '../stores/quarantine.ts';
import { noteBrought } from '../stores/seen-triggers.ts';
import type { Services } from '../work/services.ts';
import { readBody } from './body.ts';
import { route } from './route.ts';

/**
 * `POST /callbacks`: what Sinch calls. Statuses are chosen for its retry rule (5xx and 429 come again, other 4xx are lost for ever):
 * 401 only for a signature that does not verify, 413 only past the size cap, 503 for our own troubles, 200 when done or durable.
 */
export const callbackRoutes = [
  route(receiveCallback, async (c) => {
    const settings = readSettings(c.env);
    const secrets = readSecrets(settings.webhookSecrets);
    const body = await readBody(c.req.raw, MAX_BYTES, 'callback_too_large');
    const receivedAt = Date.now();
    const signer = await verifySignature({
      headers: c.req.raw.headers,
      body,
      secrets,
      now: receivedAt,
      maxAge: settings.maxAge,
    });
    const later = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
    let callback: Callback;
    try {
      callback = await readCallback(body, receivedAt);
    } catch (error) {
      const id = await kept(() => quarantine(body, error, receivedAt, signer.apps, c.env));
      console.warn({
        event: 'callback.quarantined',
        id,
        code: codeOf(error),
        bytes: body.byteLength,
      });
      later(
        tellUnreadable(error, () => {
          const services = open(c.env, later);
          noteHost(c.req.url, services, later);
          return services;
        }),
      );
      // A bug of ours may be mended while Sinch still sends it again; the body is kept in any case.
      if (!(error instanceof AppError)) throw error;
      return c.json({
        id,
        trigger: 'UNREADABLE',
        fired: [],
        quarantined: { code: error.code, detail: error.message },
      });
    }
    if (!speaksFor(secrets, signer, callback)) {
      throw new AppError(
        'signature_wrong_app',
        'the signature is of a secret that is listed for another app',
      );
    }
    noteBrought(callback.trigger, receivedAt, c.env, later);
    const services = open(c.env, later);
    // Only what may send something out must know where not to send it: most callbacks do nothing, and ask nobody.
    const host = (): void => noteHost(c.req.url, services, later);
    try {
      const answer = await pass(callback, services, host);
      // What no rule is about is in the journal only: a line a callback would cost more than deciding it.
      if (answer.fired.length > 0) {
        const { id, trigger, fired } = answer;
        console.log({
          event: 'callback.passed',
          id,
          trigger,
          fired: fired.map(({ rule }) => rule),
        });
      }
      return c.json(answer);
    } catch (error) {
      host();
      return c.json(await deferred(callback, error, services));
    }
  }),
];

/** What could not be decided or performed now takes the same way from the queue. If even that fails: 503, and Sinch comes again. */
async function deferred(callback: Callback, error: unknown, services: Services) {
  console.error({
    event: 'callback.deferred',
    id: callback.id,
    trigger: callback.trigger,
    code: codeOf(error),
    message: messageOf(error),
  });
  await kept(() => defer(callback, codeOf(error), services));
  return { id: callback.id, trigger: callback.trigger, fired: [], deferred: codeOf(error) };
}

async function kept<T>(keep: () => Promise<T>): Promise<T> {
  try {
    return await keep();
  } catch (cause) {
    // The answer does not say why, and Sinch tells nobody of it.
    console.error({ event: 'callback.not-kept', code: codeOf(cause), message: messageOf(cause) });
    throw new AppError('unavailable', 'the callback could not be kept; send it again', { cause });
  }
}
