import type * as v from 'valibot';
import { receiveCallback, type TakenCallback } from '../../api/decisions/callbacks.ts';
import {
  type Callback,
  MAX_BYTES,
  readBody,
  readCallbacks,
  UNKNOWN,
} from '../../callbacks/callback.ts';
import { ENVELOPE_FIELDS } from '../../callbacks/model.ts';
import {
  appLabel,
  mayReport,
  readSecrets,
  readSignature,
  type Secrets,
  type Signer,
  verifyBody,
} from '../../callbacks/signature.ts';
import { AppError, codeOf, messageOf } from '../../errors.ts';
import {
  callbackSeconds,
  callbacksTotal,
  lastCallback,
} from '../../objects/metrics/definitions.ts';
import { noteHeartbeats } from '../../pipeline/heartbeats.ts';
import { defer, ingest } from '../../pipeline/ingest.ts';
import { refuse } from '../../pipeline/refuse.ts';
import { alertUnreadable } from '../../pipeline/unreadable-alert.ts';
import { open } from '../../services.ts';
import { readSettings } from '../../settings/settings.ts';
import { quarantine } from '../../stores/quarantine.ts';
import { noteTrigger } from '../../stores/seen-triggers.ts';
import type { Services } from '../../work/services.ts';
import { route } from '../route.ts';

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
    const later = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
    let body: Uint8Array<ArrayBuffer> | undefined;
    const refused = async (error: unknown): Promise<never> => {
      throw await counted(error, body, secrets, c.env, later);
    };
    let signer: Signer;
    try {
      const signature = readSignature(c.req.raw.headers, receivedAt, settings.signatureMaxAge);
      body = await readBody(c.req.raw, MAX_BYTES, 'callback_too_large');
      signer = await verifyBody(signature, body, secrets);
    } catch (error) {
      return refused(error);
    }
    const keepAside = async (bytes: Uint8Array<ArrayBuffer>, error: unknown): Promise<string> => {
      const id = await kept(() => quarantine(bytes, error, receivedAt, signer.apps, c.env));
      const code = codeOf(error);
      countQuarantined(c.env, later);
      // @event callback.quarantined | A signed body cannot be parsed. It is stored; see `GET
      //   /v1/quarantine`.
      console.warn({ event: 'callback.quarantined', id, code, bytes: bytes.byteLength });
      later(
        alertUnreadable(error, () => {
          const services = open(c.env, later);
          services.objects.alerts.desk.recordOwnHost(c.req.url, later);
          return services;
        }),
      );
      return id;
    };
    let callbacks: readonly [Callback, ...Callback[]];
    try {
      callbacks = await readCallbacks(body, receivedAt);
    } catch (error) {
      const id = await keepAside(body, error);
      // An internal error may be fixed while Sinch still retries; the body is stored in any case.
      if (!(error instanceof AppError)) throw error;
      return c.json({
        id,
        trigger: 'UNREADABLE',
        fired: [],
        quarantined: { code: error.code, detail: error.message },
      });
    }
    if (!callbacks.every((callback) => mayReport(secrets, signer, callback))) {
      return refused(
        new AppError(
          'signature_wrong_app',
          'the signature is of a secret that is listed for another app',
        ),
      );
    }
    const services = open(c.env, later);
    const [first] = callbacks;
    const label = appLabel(secrets, first.envelope.appId);
    const verified = services.objects.refusals.verify(label, receivedAt);
    // Only effects that send need the loop guard. Most callbacks have none, so the host is noted lazily.
    const host = (): void => services.objects.alerts.desk.recordOwnHost(c.req.url, later);
    const unknown = first.trigger === UNKNOWN ? unknownTrigger(first) : undefined;
    if (unknown) await keepAside(new Uint8Array(utf8.encode(first.raw)), unknown);
    try {
      // A verified signature that cannot be counted is no reason to refuse or defer the callback.
      await verified.catch((cause) =>
        console.error({ event: 'refusals.not-counted', message: messageOf(cause) }),
      );
      const answers: TakenOne[] = [];
      for (const [at, callback] of callbacks.entries())
        answers.push(await take(callback, at >= AT_ONCE, services, host));
      const quarantined = unknown && { code: unknown.code, detail: unknown.message };
      return c.json({ ...answerOf(answers, first), ...(quarantined && { quarantined }) });
    } finally {
      const { metrics } = services;
      const { trigger } = first;
      metrics.observe(callbackSeconds, { trigger }, (Date.now() - receivedAt) / 1000);
      metrics.note(lastCallback, { trigger }, receivedAt);
      noteTrigger(first.trigger, receivedAt, c.env, later);
      noteHeartbeats(callbacks, services, later);
    }
  }),
];

/** Counts a refused callback. Returns the error to answer with; without settings, the refusal itself. */
async function counted(
  error: unknown,
  body: Uint8Array | undefined,
  secrets: Secrets,
  env: Env,
  later: (work: Promise<unknown>) => void,
): Promise<unknown> {
  if (!(error instanceof AppError) || error.code === 'not_configured') return error;
  try {
    return await refuse(error, body, secrets, open(env, later));
  } catch (cause) {
    console.error({ event: 'refusals.not-counted', message: messageOf(cause) });
    return error;
  }
}

/** Counts a body that cannot be read. */
function countQuarantined(env: Env, later: (work: Promise<unknown>) => void): void {
  try {
    const labels = { trigger: UNKNOWN, channel: '', outcome: 'quarantined' };
    open(env, later).metrics.count(callbacksTotal, labels);
  } catch {
    // The body is stored; /healthz names the setting.
  }
}

const countDeferred = ({ trigger, subject }: Callback, { metrics }: Services): void =>
  metrics.count(callbacksTotal, { trigger, channel: subject.channel ?? '', outcome: 'deferred' });

const utf8 = new TextEncoder();

/** How many callbacks of one notification are ingested before the answer. Sinch waits for it, so the others go on the queue. */
const AT_ONCE = 20;

type TakenOne = v.InferOutput<typeof TakenCallback>;

/** Ingests a callback, or puts it on the queue. */
async function take(
  callback: Callback,
  queued: boolean,
  services: Services,
  host: () => void,
): Promise<TakenOne> {
  if (queued) {
    await kept(() => defer(callback, 'many_at_once', services));
    countDeferred(callback, services);
    return { id: callback.id, trigger: callback.trigger, fired: [], deferred: 'many_at_once' };
  }
  try {
    const { id, trigger, fired } = await ingest(callback, services, host);
    // A callback that fires no rule is only journalled: a log line would cost more than the decision.
    if (fired.length > 0) {
      const rules = fired.map(({ rule }) => rule);
      console.log({ event: 'callback.ingested', id, trigger, fired: rules });
    }
    return {
      id,
      trigger,
      fired: fired.map(({ rule, actions }) => ({ rule, actions: [...actions] })),
    };
  } catch (error) {
    host();
    return deferred(callback, error, services);
  }
}

/** The answer to one callback, or to a notification with several: what any of them fired, and each by itself. */
function answerOf(answers: readonly TakenOne[], { id, trigger }: Callback) {
  const [only] = answers;
  if (only && answers.length === 1) return only;
  return { id, trigger, fired: answers.flatMap(({ fired }) => fired), callbacks: [...answers] };
}

/** Why a body without a known key is set aside. Names of fields that may be addresses are not repeated. */
function unknownTrigger({ envelope: { body } }: Callback): AppError {
  const names = Object.keys(body).filter((name) => !ENVELOPE_FIELDS.includes(name));
  const plain = names.filter((name) => /^[A-Za-z_]{1,60}$/.test(name)).slice(0, 5);
  const found = plain.map((name) => `"${name}"`).join(', ') || 'no payload';
  return new AppError(
    'unknown_trigger',
    `callback: none of the known payload keys; found ${found}`,
  );
}

/** Puts a callback that could not be decided or dispatched on the queue. If that fails, too, the response is 503 and Sinch retries. */
async function deferred(callback: Callback, error: unknown, services: Services): Promise<TakenOne> {
  countDeferred(callback, services);
  console.error({
    // @event callback.deferred | A callback could not be decided or dispatched and is on the
    //   `callbacks` queue, which tries again.
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
    // @event callback.not-kept | A callback could not be queued either. The answer is 503 and
    //   Sinch sends it again.
    console.error({ event: 'callback.not-kept', code: codeOf(cause), message: messageOf(cause) });
    throw new AppError('unavailable', 'the callback could not be kept; send it again', { cause });
  }
}
