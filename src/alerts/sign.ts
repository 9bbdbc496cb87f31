import { AppError } from '../errors.ts';
import type { Signing } from './destinations/destination.ts';

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;

/**
 * The headers of Standard Webhooks for a body: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
 * Source: the specification at standardwebhooks.com; tests verify by its own library.
 * @throws AppError `not_configured` for a key that is not base64, or empty; the message does not contain the key
 */
export async function standardHeaders(
  { key, id, at }: Signing,
  body: string,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = key
    .trim()
    .split(/\s+/)
    .map(async (one) => {
      const signature = await crypto.subtle.sign(HMAC, await importKey(one), signed);
      return `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`;
    });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': (await Promise.all(signatures)).join(' '),
  };
}

async function importKey(written: string): Promise<CryptoKey> {
  try {
    const bytes = Uint8Array.from(atob(written.replace(/^whsec_/, '')), (char) =>
      char.charCodeAt(0),
    );
    return await crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign']);
  } catch {
    // The cause is not passed on: it may quote the key.
    throw new AppError(
      'not_configured',
      'the key of a signed webhook: expected `whsec_…` or plain base64',
    );
  }
}
