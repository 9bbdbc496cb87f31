import { createHmac } from 'node:crypto';
import { readSecrets, verifySignature } from '../../src/callbacks/signature.ts';

export const SECRET = 'a-webhook-secret';
export const NONCE = '01JDQ3YV5R8XW2K7T4N9M6B0ZC';
export const SIGNED_AT = 1_795_170_000;
export const NOW = SIGNED_AT * 1000;
export const NAMES = {
  signature: 'x-sinch-webhook-signature',
  nonce: 'x-sinch-webhook-signature-nonce',
  timestamp: 'x-sinch-webhook-signature-timestamp',
  algorithm: 'x-sinch-webhook-signature-algorithm',
} as const;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const BODY = bytes('{"app_id":"01JAPP","message":{"id":"1"}}\n');

/** The signature by another implementation than ours. */
export const hmac = (
  body: Uint8Array,
  nonce = NONCE,
  timestamp: number | string = SIGNED_AT,
  secret = SECRET,
): string =>
  createHmac('sha256', secret).update(body).update(`.${nonce}.${timestamp}`).digest('base64');

export const headersFor = (
  change: Record<string, string | undefined> = {},
  body = BODY,
): Headers => {
  const all = {
    signature: hmac(body),
    nonce: NONCE,
    timestamp: String(SIGNED_AT),
    algorithm: 'HmacSHA256',
    ...change,
  };
  return new Headers(
    Object.entries(all).flatMap(
      ([name, value]) =>
        value === undefined ? [] : [[NAMES[name as keyof typeof NAMES], value] as [string, string]], // only names of the object above
    ),
  );
};

export const verify = (
  headers: Headers,
  more: Partial<Parameters<typeof verifySignature>[0]> = {},
) => verifySignature({ headers, body: BODY, secrets: readSecrets(SECRET), now: NOW, ...more });

export const refused = (code: string) => ({ code, status: 401 });
