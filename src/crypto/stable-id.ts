import { Hash } from 'fast-sha256';
import { base32 } from './base32.ts';

const encoder = new TextEncoder();

function headOf(parts: readonly string[]): string {
  let head = '';
  for (const part of parts) head += `${part.length}:${part}`;
  return head;
}

/** Shared by all calls: a hash is synchronous. */
const sha256 = new Hash();
const digest = new Uint8Array(sha256.digestLength);

/** An opaque id of 26 characters: SHA-256 over length-prefixed parts. For short parts an asynchronous WebCrypto call costs more than the hash. */
export function idOf(parts: readonly string[]): string {
  sha256
    .reset()
    .update(encoder.encode(headOf(parts)))
    .finish(digest);
  return base32(digest);
}

/** The same over parts and, where given, raw bytes of any size. */
export async function stableId(parts: readonly string[], bytes?: Uint8Array): Promise<string> {
  const head = encoder.encode(headOf(parts));
  const whole = bytes ? new Uint8Array(head.length + bytes.length) : head;
  if (bytes) {
    whole.set(head);
    whole.set(bytes, head.length);
  }
  return base32(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)));
}
