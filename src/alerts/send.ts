import * as v from 'valibot';
import { AppError, messageOf } from '../errors.ts';
import type { DeliveryResult } from '../objects/alerts/alert-delivery.ts';
import { findZone, isRetryable, retryAfterOf } from '../outbound/http.ts';
import { withTimeout } from '../outbound/timeout.ts';
import { type Alerts, destinationNamed, kindOf } from './config.ts';
import {
  type HttpOutgoing,
  type MailOutgoing,
  type Notice,
  type Reveal,
  Secret,
  type SinchOutgoing,
} from './destinations/destination.ts';
import { standardHeaders } from './sign.ts';

/** How long a destination may take to answer, in milliseconds. */
const TIMEOUT = 10_000;

/** Where `forward` can send: a signed webhook. */
const ForwardTarget = v.object({ type: v.literal('webhook'), url: Secret, key: Secret });

/** How messages leave. */
export interface Carriers {
  readonly now: () => number;
  /** Zones that nothing is posted to: our own. */
  readonly own: readonly string[];
  /** `undefined` where the binding EMAIL is missing. */
  readonly mail: ((mail: MailOutgoing) => Promise<void>) | undefined;
  /** `id`: the notice's, the same at each try. */
  readonly sinch: (message: SinchOutgoing, id: string) => Promise<DeliveryResult>;
  /** Milliseconds; for tests. */
  readonly timeout?: number;
}

/** Tells a notice to a named destination. Never throws for what a destination does: the answer says whether to try again. */
export async function sendNotice(
  notice: Notice,
  to: string,
  alerts: Alerts,
  reveal: Reveal,
  carriers: Carriers,
): Promise<DeliveryResult> {
  try {
    const config = destinationNamed(alerts, to);
    const outgoing = kindOf(config).request(notice, config, reveal);
    if (outgoing.via === 'sinch')
      return await carriers.sinch(outgoing, `${notice.id}/${notice.state}`);
    if (outgoing.via === 'email') return await sendMail(outgoing, carriers);
    return await post(outgoing, carriers);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.retryable
      ? { kind: 'later', message: error.message }
      : { kind: 'refused', message: error.message };
  }
}

async function sendMail(
  outgoing: MailOutgoing,
  { mail, timeout = TIMEOUT }: Carriers,
): Promise<DeliveryResult> {
  if (!mail) return { kind: 'later', message: 'the binding EMAIL is missing in wrangler.toml' };
  try {
    await withTimeout(timeout, mail(outgoing));
    return { kind: 'sent', message: 'the mail was taken' };
  } catch (error) {
    if (error instanceof AppError) return tooLate(timeout);
    // The binding's errors have codes like E_SENDER_NOT_VERIFIED; their messages may hold addresses.
    const code =
      error instanceof Error && 'code' in error ? String(error.code).slice(0, 60) : 'no code';
    const hopeless =
      /NOT_VERIFIED|NOT_ALLOWED|VALIDATION|FIELD_MISSING|TOO_MANY_RECIPIENTS|TOO_LARGE|DISABLED/.test(
        code,
      );
    return { kind: hopeless ? 'refused' : 'later', message: `the mail was not taken (${code})` };
  }
}

/** A callback on its way to a destination: its id, its body as it came, and what it is ordered by. */
export interface Forwarded {
  readonly id: string;
  readonly body: string;
  readonly orderingKey?: string | undefined;
}

/** Passes a callback's body on, signed by Standard Webhooks: `webhook-id` is the callback's id. @throws AppError `destination_unavailable` (again later), `destination_refused`, `not_configured` */
export async function sendForward(
  to: string,
  { id, body, orderingKey }: Forwarded,
  alerts: Alerts,
  reveal: Reveal,
  { now, own }: Pick<Carriers, 'now' | 'own'>,
): Promise<void> {
  const target = v.safeParse(ForwardTarget, destinationNamed(alerts, to));
  if (!target.success)
    throw new AppError(
      'destination_refused',
      `alerts.json: "${to}" is no webhook with url and key, which forward needs`,
    );
  const { url, key } = target.output;
  // The hop header lets a receiver that passes callbacks on, another Signalbox say, break a circle.
  const headers = {
    'content-type': 'application/json',
    'signalbox-hop': '1',
    ...(orderingKey !== undefined && { 'signalbox-ordering-key': visible(orderingKey) }),
  };
  const signing = { key: reveal(key), id, at: now() };
  const answer = await post(
    { via: 'http', url: reveal(url), headers, body, signing },
    { now, own },
  );
  if (answer.kind === 'sent') return;
  const gone = answer.kind === 'refused' && answer.message === 'answered 410';
  const code = gone
    ? 'destination_gone'
    : answer.kind === 'refused'
      ? 'destination_refused'
      : 'destination_unavailable';
  const retryAfter = answer.kind === 'later' ? answer.after : undefined;
  throw new AppError(code, `destination ${to}: ${answer.message}`, { retryAfter });
}

/** Posts a finished request. What it says never holds the address: webhook addresses are secrets. @throws AppError `not_configured` when its key is none */
export async function post(
  request: HttpOutgoing,
  { now, own, timeout = TIMEOUT }: Pick<Carriers, 'now' | 'own' | 'timeout'>,
): Promise<DeliveryResult> {
  if (!isAllowed(request.url))
    return { kind: 'refused', message: 'only https addresses with a name are allowed' };
  const zone = findZone(request.url, own);
  if (zone !== undefined)
    return {
      kind: 'refused',
      message: `its address is in ${zone}, Signalbox’s own zone: what is sent must not come back`,
    };
  const { headers, body, signing } = request;
  const signed = signing ? await standardHeaders(signing, body) : {};
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: 'POST',
      headers: { ...headers, ...signed },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    return late ? tooLate(timeout) : { kind: 'later', message: 'no connection' };
  }
  await response.body?.cancel();
  return verdict(response, now());
}

const tooLate = (timeout: number): DeliveryResult => ({
  kind: 'later',
  message: `no answer within ${timeout / 1000} s`,
});

/** What an answer means: taken, to be tried again, or never. `Retry-After` is kept to. */
export function verdict(
  { ok, status, headers }: Pick<Response, 'ok' | 'status' | 'headers'>,
  now: number,
): DeliveryResult {
  const message = `answered ${status}`;
  if (ok) return { kind: 'sent', message };
  return isRetryable(status)
    ? { kind: 'later', message, after: retryAfterOf(headers, now) }
    : { kind: 'refused', message };
}

/** A text as a header may hold it: cut to 1,024 characters, what is not visible ASCII percent-encoded. */
const visible = (text: string): string =>
  text
    .slice(0, 1_024)
    .toWellFormed()
    .replace(/[^!-$&-~]/gu, encodeURIComponent);

/** https by name anywhere, never by number; plain http only on this machine, which is how `npm start` shows alerts. */
function isAllowed(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    const byNumber = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
    return (
      (protocol === 'https:' && !byNumber) ||
      (protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost'))
    );
  } catch (error) {
    console.error({
      event: 'destination.unreadable',
      message: messageOf(error).replace(/['"].*$/, ''),
    });
    return false;
  }
}
