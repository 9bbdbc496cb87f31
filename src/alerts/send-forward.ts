import { AppError } from '../errors.ts';
import { isRetryable, retryAfterOf } from '../outbound/http.ts';
import { type Alerts, destinationNamed, kindOf } from './config.ts';
import type { Reveal } from './destinations/destination.ts';
import { postOnce, type Transports } from './send.ts';

/** How long a receiver may take, in milliseconds: Standard Webhooks recommends 15 to 30 s. */
const TIMEOUT = 20_000;

/** A callback to forward: its id, its unchanged body, and its ordering key. */
export interface Forwarded {
  readonly id: string;
  readonly body: string;
  readonly orderingKey?: string | undefined;
}

/**
 * What a receiver did with a forward. `refused`: it answered, but not with a 2xx; `unavailable`: it did not answer, or asks to come
 * back later, after `after` seconds if given; `gone`: it answered 410, which by Standard Webhooks ends the deliveries to it.
 */
export type ForwardResult =
  | { readonly kind: 'sent' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string; readonly after?: number | undefined };

/**
 * Forwards a callback, signed by Standard Webhooks: `webhook-id` is the callback's id.
 * @throws AppError `destination_refused` for a destination that nothing can be forwarded to, `not_configured`
 */
export async function sendForward(
  to: string,
  { id, body, orderingKey }: Forwarded,
  alerts: Alerts,
  reveal: Reveal,
  {
    now,
    blockedDomains,
    timeout = TIMEOUT,
  }: Pick<Transports, 'now' | 'blockedDomains' | 'timeout'>,
): Promise<ForwardResult> {
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
  const posted = await postOnce(
    { via: 'http', url: reveal(url), headers, body, signing },
    { blockedDomains, timeout },
  );
  if ('forbidden' in posted)
    throw new AppError('destination_refused', `destination ${to}: ${posted.forbidden}`);
  if ('missing' in posted) return { kind: 'unavailable', message: posted.missing };
  const { ok, status, headers: answered } = posted.answer;
  if (ok) return { kind: 'sent' };
  if (status === 410) return { kind: 'gone' };
  const message = `answered ${status}`;
  return isRetryable(status)
    ? { kind: 'unavailable', message, after: retryAfterOf(answered, now()) }
    : { kind: 'refused', message };
}

/** A text as a header value: cut to 1,024 characters, all but visible ASCII percent-encoded. */
const headerValue = (text: string): string =>
  text
    .slice(0, 1_024)
    .toWellFormed()
    .replace(/[^!-$&-~]/gu, encodeURIComponent);
