/** How many bytes a token has. */
export const TOKEN_BYTES = 4;

/**
 * Returns the token of a text: 32 bits, evenly distributed (FNV-1a with the finalizer of MurmurHash3). Two texts may
 * share one, so whatever is found by a token is compared again.
 */
export function tokenOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Packs the tokens of texts, each once, in ascending order. */
export function packTokens(texts: Iterable<string>): Uint8Array<ArrayBuffer> {
  const tokens = Uint32Array.from(new Set([...texts].map(tokenOf))).sort();
  const packed = new Uint8Array(tokens.length * TOKEN_BYTES);
  const view = new DataView(packed.buffer);
  for (const [at, token] of tokens.entries()) view.setUint32(at * TOKEN_BYTES, token);
  return packed;
}

/** Returns packed tokens as numbers. */
export function unpackTokens(packed: Uint8Array): Uint32Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Uint32Array.from({ length: packed.length / TOKEN_BYTES }, (_, at) =>
    view.getUint32(at * TOKEN_BYTES),
  );
}
