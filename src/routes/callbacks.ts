import { receiveCallback } from '../api/callbacks.ts';
import { type Callback, MAX_BYTES, readCallback } from '../callbacks/callback.ts';
import {
  mayReport,
  readSecrets,
  readSignature,
  type Secrets,
  type Signer,
  verifyBody,
} from '../callbacks/signature.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { defer, ingest } from '../pipeline/ingest.ts';
import { recordOwnHost } from '../pipeline/loop-guard.ts';
import { appLabel, refuse } from '../pipeline/refuse.ts';
import { alertUnreadable } from '../pipeline/unreadable-alert.ts';
import { open } from '../services.ts';
import { readSettings } from '../settings/settings.ts';
import { quarantine } from '../stores/quarantine.ts';
import { noteTrigger } from '../stores/seen-triggers.ts';
import type { Services } from '../work/services.ts';
import { readBody } from './body.ts';
import { route } from './route.ts';

/**
 * `POST /callbacks`: receives the callbacks of Sinch. Sinch retries 5xx and 429 and drops any other 4xx, so the status is
 * 401 only for a signature that does not verify, 413 only over the size cap, 503 for internal failures, and 200 when the
 * work is done or durable.
 */
export const callbackRoutes = [
  route(receiveCallback, async (c) => {
    const settings = readSettings(c.env);
    const secrets = readSecrets(settings.webhookSecrets);
    const receivedAt = Date.now();
    let body: Uint8Array<ArrayBuffer> | undefined;
    const refused = async (error: unknown): Promise<never> => {
      throw await counted(error, body, secrets, c.env);
    };
    let signer: Signer;
    try {
      const signature = readSignature(c.req.raw.headers, receivedAt, settings.signatureMaxAge);
      body = await readBody(c.req.raw, MAX_BYTES, 'callback_too_large');
      signer = await verifyBody(signature, body, secrets);
    } catch (error) {
      return refused(error);
    }
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
        alertUnreadable(error, () => {
          const services = open(c.env, later);
          recordOwnHost(c.req.url, services, later);
          return services;
        }),
      );
      // An internal error may be fixed while Sinch still retries; the body is stored in any case.
      if (!(error instanceof AppError)) throw error;
      return c.json({
        id,
        trigger: 'UNREADABLE',
        fired: [],
        quarantined: { code: error.code, detail: error.message },
      });
    }
    if (!mayReport(secrets, signer, callback)) {
      return refused(
        new AppError(
          'signature_wrong_app',
          'the signature is of a secret that is listed for another app',
        ),
      );
    }
    const services = open(c.env, later);
    const label = appLabel(secrets, callback.envelope.appId);
    const verified = services.objects.refusals.verify(label, receivedAt);
    // Only effects that send need the loop guard. Most callbacks have none, so the host is noted lazily.
    const host = (): void => recordOwnHost(c.req.url, services, later);
    try {
      await verified;
      const answer = await ingest(callback, services, host);
      // A callback that fires no rule is only journalled: a log line would cost more than the decision.
      if (answer.fired.length > 0) {
        const { id, trigger, fired } = answer;
        console.log({
          event: 'callback.ingested',
          id,
          trigger,
          fired: fired.map(({ rule }) => rule),
        });
      }
      return c.json(answer);
    } catch (error) {
      host();
      return c.json(await deferred(callback, error, services));
    } finally {
      noteTrigger(callback.trigger, receivedAt, c.env, later);
    }
  }),
];

/** Counts a refused callback. Returns the error to answer with; without settings, the refusal itself. */
async function counted(
  error: unknown,
  body: Uint8Array | undefined,
  secrets: Secrets,
  env: Env,
): Promise<unknown> {
  if (!(error instanceof AppError) || error.code === 'not_configured') return error;
  try {
    return await refuse(error, body, secrets, open(env));
  } catch (cause) {
    console.error({ event: 'refusals.not-counted', message: messageOf(cause) });
    return error;
  }
}

/** Puts a callback that could not be decided or dispatched on the queue. If that fails, too, the response is 503 and Sinch retries. */
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
    // The response does not contain the cause, so it is logged.
    console.error({ event: 'callback.not-kept', code: codeOf(cause), message: messageOf(cause) });
    throw new AppError('unavailable', 'the callback could not be kept; send it again', { cause });
  }
}
