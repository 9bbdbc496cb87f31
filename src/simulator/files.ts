/**
 * Ending → content type and content: a blink of silence, a picture of one pixel, a line of text.
 */
const FILES: Readonly<Record<string, { readonly type: string; readonly base64: string }>> = {
  wav: {
    type: 'audio/wav',
    base64: 'UklGRjQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YRAAAACAgICAgICAgICAgICAgICA',
  },
  mp3: { type: 'audio/mpeg', base64: '//MUxAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
  png: {
    type: 'image/png',
    base64:
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  },
  txt: { type: 'text/plain', base64: btoa('a file to archive\n') },
};

/** The most bytes that `?bytes=` gives. */
const MOST = 64 * 1_048_576;

/**
 * A file by its ending (wav, mp3, png, txt), `bytes` long when that is given. Any other ending does
 * not exist.
 */
export function fileAnswer(name: string, bytes: string | undefined): Response {
  const file = FILES[name.slice(name.lastIndexOf('.') + 1)];
  if (!file) return new Response('no such file\n', { status: 404 });
  const body =
    bytes === undefined
      ? Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0))
      : new Uint8Array(Math.min(Math.max(Number(bytes) || 0, 0), MOST));
  return new Response(body, { headers: { 'content-type': file.type } });
}
