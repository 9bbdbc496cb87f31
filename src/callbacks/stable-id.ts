import { hash } from 'fast-sha256';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The first 130 bits of some bytes as 26 characters of Crockford's base 32. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      text += ALPHABET[(bits >> held) & 31];
      if (text.length === 26) return text;
    }
    bits &= (1 << held) - 1;
  }
  return text;
}

const encoder = new TextEncoder();
const headOf = (parts: readonly string[]): string => parts.map((part) => `${part.length}:${part}`).join('');

/** An opaque id of 26 characters: SHA-256 over length-prefixed parts. For short parts WebCrypto's way there and back costs more than the hash. */
export const idOf = (parts: readonly string[]): string => base32(hash(encoder.encode(headOf(parts))));

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
