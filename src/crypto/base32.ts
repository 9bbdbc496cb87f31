const DIGITS = new TextEncoder().encode('0123456789ABCDEFGHJKMNPQRSTVWXYZ');

/** Returns the first 130 bits of at least 17 bytes as 26 characters of Crockford's base 32. */
export function base32(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (let bit = 0; bit < 130; bit += 5) {
    const at = bit >> 3;
    const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    codes.push(DIGITS[(pair >> (11 - (bit & 7))) & 31] ?? 0);
  }
  return String.fromCharCode(...codes);
}
