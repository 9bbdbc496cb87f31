import { Hash } from 'fast-sha256';

const DIGITS = new TextEncoder().encode('0123456789ABCDEFGHJKMNPQRSTVWXYZ');

/** The first 130 bits of some bytes, of which there must be 17, as 26 characters of Crockford's base 32. */
export function base32(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (let bit = 0; bit < 130; bit += 5) {
    const at = bit >> 3;
    const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    codes.push(DIGITS[(pair >> (11 - (bit & 7))) & 31] ?? 0);
  }
  return String.fromCharCode(...codes);
}

const encoder = new TextEncoder();

function headOf(parts: readonly string[]): string {
  let head = '';
  for (const part of parts) head += `${part.length}:${part}`;
  return head;
}

/** Nothing waits in between, so all hashes can share what they work with. */
const sha256 = new Hash();
const digest = new Uint8Array(sha256.digestLength);

/** An opaque id of 26 characters: SHA-256 over length-prefixed parts. For short parts WebCrypto's way there and back costs more than the hash. */
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
