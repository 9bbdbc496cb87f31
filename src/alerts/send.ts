import { AppError, messageOf } from '../errors.ts';
import type { DeliveryResult } from '../objects/alerts/alert-delivery.ts';
import { findZone, isRetryable, retryAfterOf } from '../outbound/http.ts';
import { withTimeout } from '../outbound/timeout.ts';
import { type Alerts, destinationNamed, kindOf } from './config.ts';
import type {
  AlertMessage,
  HttpOutgoing,
  MailOutgoing,
  Reveal,
  SinchOutgoing,
} from './destinations/destination.ts';
import { standardHeaders } from './sign.ts';

/** The timeout of a request to a destination, in milliseconds. */
const TIMEOUT = 10_000;

/** The transports of messages. */
export interface Transports {
  readonly now: () => number;
  /** Domains that nothing is posted to: our own. */
  readonly blockedDomains: readonly string[];
  /** `undefined` without the binding EMAIL. */
  readonly mail: ((mail: MailOutgoing) => Promise<void>) | undefined;
  /** `id`: that of the alert message, the same for each try. */
  readonly sinch: (message: SinchOutgoing, id: string) => Promise<DeliveryResult>;
  /** Milliseconds; for tests. */
  readonly timeout?: number;
}

/** Sends a message to a destination by its name. Never throws for a fault of the destination: the answer tells whether to try again. */
export async function sendAlert(
  message: AlertMessage,
  to: string,
  alerts: Alerts,
  reveal: Reveal,
  transports: Transports,
): Promise<DeliveryResult> {
  try {
    const config = destinationNamed(alerts, to);
    const outgoing = kindOf(config).request(message, config, reveal);
    if (outgoing.via === 'sinch')
      return await transports.sinch(outgoing, `${message.id}/${message.state}`);
    if (outgoing.via === 'email') return await sendMail(outgoing, transports);
    return await post(outgoing, transports);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.retryable
      ? { kind: 'later', message: error.message }
      : { kind: 'refused', message: error.message };
  }
}

async function sendMail(
  outgoing: MailOutgoing,
  { mail, timeout = TIMEOUT }: Transports,
): Promise<DeliveryResult> {
  if (!mail) return { kind: 'later', message: 'the binding EMAIL is missing in wrangler.toml' };
  try {
    await withTimeout(timeout, mail(outgoing));
    return { kind: 'sent', message: 'the mail was accepted' };
  } catch (error) {
    if (error instanceof AppError) return timedOut(timeout);
    // The binding's errors have codes like E_SENDER_NOT_VERIFIED; their messages may contain addresses.
    const code =
      error instanceof Error && 'code' in error ? String(error.code).slice(0, 60) : 'no code';
    const permanent =
      /NOT_VERIFIED|NOT_ALLOWED|VALIDATION|FIELD_MISSING|TOO_MANY_RECIPIENTS|TOO_LARGE|DISABLED/.test(
        code,
      );
    return {
      kind: permanent ? 'refused' : 'later',
      message: `the mail was not accepted (${code})`,
    };
  }
}

/** A callback to forward: its id, its unchanged body, and its ordering key. */
export interface Forwarded {
  readonly id: string;
  readonly body: string;
  readonly orderingKey?: string | undefined;
}

/**
 * Forwards a callback, signed by Standard Webhooks: `webhook-id` is the callback's id.
 * @throws AppError `destination_unavailable` (try later), `destination_gone`, `destination_refused`, `not_configured`
 */
export async function sendForward(
  to: string,
  { id, body, orderingKey }: Forwarded,
  alerts: Alerts,
  reveal: Reveal,
  { now, blockedDomains }: Pick<Transports, 'now' | 'blockedDomains'>,
): Promise<void> {
  const config = destinationNamed(alerts, to);
  const target = kindOf(config).forwardTo(config);
  if (!target)
    throw new AppError(
      'destination_refused',
      `alerts.json: "${to}" is no webhook with url and key, which forward needs`,
    );
  const { url, key } = target;
  // By this header a receiver that forwards callbacks, such as another Signalbox, can break a loop.
  const headers = {
    'content-type': 'application/json',
    'signalbox-hop': '1',
    ...(orderingKey !== undefined && { 'signalbox-ordering-key': headerValue(orderingKey) }),
  };
  const signing = { key: reveal(key), id, at: now() };
  const answer = await post(
    { via: 'http', url: reveal(url), headers, body, signing },
    { now, blockedDomains },
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

/** Posts a request. The answer never contains the URL: webhook URLs are secrets. @throws AppError `not_configured` for an invalid signing key */
export async function post(
  request: HttpOutgoing,
  {
    now,
    blockedDomains,
    timeout = TIMEOUT,
  }: Pick<Transports, 'now' | 'blockedDomains' | 'timeout'>,
): Promise<DeliveryResult> {
  if (!isAllowed(request.url))
    return { kind: 'refused', message: 'only https URLs with a host name are allowed' };
  const zone = findZone(request.url, blockedDomains);
  if (zone !== undefined)
    return {
      kind: 'refused',
      message: `its URL is in ${zone}, a domain of this Signalbox: that would be a loop`,
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
    return late ? timedOut(timeout) : { kind: 'later', message: 'no connection' };
  }
  await response.body?.cancel();
  return classifyResponse(response, now());
}

const timedOut = (timeout: number): DeliveryResult => ({
  kind: 'later',
  message: `no answer within ${timeout / 1000} s`,
});

/** What a response means: sent, try later (after `Retry-After`), or refused. */
export function classifyResponse(
  { ok, status, headers }: Pick<Response, 'ok' | 'status' | 'headers'>,
  now: number,
): DeliveryResult {
  const message = `answered ${status}`;
  if (ok) return { kind: 'sent', message };
  return isRetryable(status)
    ? { kind: 'later', message, after: retryAfterOf(headers, now) }
    : { kind: 'refused', message };
}

/** A text as a header value: cut to 1,024 characters, all but visible ASCII percent-encoded. */
const headerValue = (text: string): string =>
  text
    .slice(0, 1_024)
    .toWellFormed()
    .replace(/[^!-$&-~]/gu, encodeURIComponent);

/** https to a host name, never to an IP address; plain http only to this machine, where `npm start` receives alerts. */
function isAllowed(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    const isIpAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
    return (
      (protocol === 'https:' && !isIpAddress) ||
      (protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost'))
    );
  } catch (error) {
    console.error({
      // @event destination.unreadable | A destination sent an answer that cannot be read.
      event: 'destination.unreadable',
      message: messageOf(error).replace(/['"].*$/, ''),
    });
    return false;
  }
}
