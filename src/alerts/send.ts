import * as v from 'valibot';
import { AppError, messageOf } from '../errors.ts';
import { mayPassLater, retryAfterOf } from '../outbound.ts';
import type { Alerts } from './alerts.ts';
import { kindOf } from './alerts.ts';
import { type Notice, type Outgoing, type Reveal, Secret } from './destination.ts';
import { standardHeaders } from './sign.ts';

/** How long a destination may take to answer, in milliseconds. */
const TIMEOUT = 10_000;

/** Where `forward` can send: a signed webhook. */
const ForwardTarget = v.object({ type: v.literal('webhook'), url: Secret, key: Secret });

/** Tells a notice to a named destination, or to the default one. @throws AppError `destination_unavailable` (again later), `destination_refused`, `not_configured` */
export async function sendNotice(
  notice: Notice,
  to: string | undefined,
  alerts: Alerts,
  reveal: Reveal,
  now: number,
): Promise<string> {
  const name = to ?? alerts.default;
  const config = Object.hasOwn(alerts.destinations, name) ? alerts.destinations[name] : undefined;
  if (!config) throw new AppError('destination_refused', `alerts.json has no destination "${name}"`);
  await post(kindOf(config).request(notice, config, reveal), name, now);
  return name;
}

/** Passes a callback's body on, signed by Standard Webhooks: `webhook-id` is the callback's id. @throws as `sendNotice` */
export async function sendForward(
  to: string,
  id: string,
  body: string,
  alerts: Alerts,
  reveal: Reveal,
  now: number,
): Promise<void> {
  const config = Object.hasOwn(alerts.destinations, to) ? alerts.destinations[to] : undefined;
  const target = v.safeParse(ForwardTarget, config);
  if (!target.success)
    throw new AppError(
      'destination_refused',
      `alerts.json: "${to}" is no webhook with url and key, which forward needs`,
    );
  const { url, key } = target.output;
  const headers = { 'content-type': 'application/json', ...standardHeaders(reveal(key), id, now, body) };
  await post({ url: reveal(url), headers, body }, to, now);
}

/** Posts a finished request. Errors name the destination, never its address: webhook addresses are secrets. */
export async function post(request: Outgoing, name: string, now: number): Promise<void> {
  if (!isAllowed(request.url))
    throw new AppError('destination_refused', `destination ${name}: only https addresses are allowed`);
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    });
  } catch (error) {
    const why =
      error instanceof Error && error.name === 'TimeoutError'
        ? `no answer within ${TIMEOUT / 1000} s`
        : 'no connection';
    throw new AppError('destination_unavailable', `destination ${name}: ${why}`);
  }
  await response.body?.cancel();
  if (response.ok) return;
  const code = mayPassLater(response.status) ? 'destination_unavailable' : 'destination_refused';
  throw new AppError(code, `destination ${name}: answered ${response.status}`, {
    retryAfter: retryAfterOf(response.headers, now),
  });
}

/** https anywhere; plain http only on this machine, which is how `npm start` shows alerts. */
function isAllowed(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || (protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost'));
  } catch (error) {
    console.error({ event: 'destination.unreadable', message: messageOf(error).replace(/['"].*$/, '') });
    return false;
  }
}
