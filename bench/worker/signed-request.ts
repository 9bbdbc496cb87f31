import { signCallback } from '../../src/callbacks/signature.ts';
import { SETTINGS } from './serve.ts';

/** A request, as autocannon takes it. */
export interface SignedRequest {
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signs a callback at `now` (milliseconds since 1970). Sinch's signature is valid for a day. */
export async function signedCallback(
  body: string,
  nonce: string,
  now: number,
): Promise<SignedRequest> {
  const headers = await signCallback(new TextEncoder().encode(body), SETTINGS.WEBHOOK_SECRETS, {
    nonce,
    timestamp: Math.floor(now / 1_000),
  });
  return {
    method: 'POST',
    path: '/callbacks',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  };
}
