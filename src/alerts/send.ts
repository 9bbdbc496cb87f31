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
    if (error instanceof AppError) return { kind: 'later', message: noAnswer(timeout) };
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

/** What became of a request: an answer, none, or a URL that nothing is posted to. Texts never contain the URL, which is a secret. */
export type Posted =
  | { readonly answer: Pick<Response, 'ok' | 'status' | 'headers'> }
  | { readonly missing: string }
  | { readonly forbidden: string };

/** Posts a request. @throws AppError `not_configured` for an invalid signing key */
export async function post(
  request: HttpOutgoing,
  transports: Pick<Transports, 'now' | 'blockedDomains' | 'timeout'>,
): Promise<DeliveryResult> {
  const posted = await postOnce(request, transports);
  if ('forbidden' in posted) return { kind: 'refused', message: posted.forbidden };
  if ('missing' in posted) return { kind: 'later', message: posted.missing };
  return classifyResponse(posted.answer, transports.now());
}

/** Posts a request and returns its answer, whatever its status. @throws AppError `not_configured` for an invalid signing key */
export async function postOnce(
  request: HttpOutgoing,
  { blockedDomains, timeout = TIMEOUT }: Pick<Transports, 'blockedDomains' | 'timeout'>,
): Promise<Posted> {
  if (!isAllowed(request.url)) return { forbidden: 'only https URLs with a host name are allowed' };
  const zone = findZone(request.url, blockedDomains);
  if (zone !== undefined)
    return { forbidden: `its URL is in ${zone}, a domain of this Signalbox: that would be a loop` };
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
    return { missing: late ? noAnswer(timeout) : 'no connection' };
  }
  await response.body?.cancel();
  return { answer: response };
}

const noAnswer = (timeout: number): string => `no answer within ${timeout / 1000} s`;

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
