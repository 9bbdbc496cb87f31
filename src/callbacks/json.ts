/** How deep a body may nest. Sinch's own payloads stay below 15. */
export const MAX_DEPTH = 32;

/** The deepest nesting of brackets outside strings, counted before `JSON.parse` builds anything. */
export function depthOf(json: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (quoted) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}

/** A text that holds JSON, parsed; `undefined` where it holds none or nests too deep to walk safely. */
export function parseJsonText(text: string): unknown {
  if (!/^\s*[[{]/.test(text) || depthOf(new TextEncoder().encode(text)) > MAX_DEPTH)
    return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
