/** A hash in hex. */
export const encodeHex = (hash: ArrayBuffer): string =>
  Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Base64, as HTTP's digest headers have it, in hex; `undefined` where it is none. */
export function hexOfBase64(base64: string): string | undefined {
  try {
    return encodeHex(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
  } catch {
    return undefined;
  }
}

/** Hex in base64. */
export const base64OfHex = (hex: string): string =>
  btoa(hex.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))));
