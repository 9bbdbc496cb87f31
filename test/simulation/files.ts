import { createHash } from 'node:crypto';

/** What lies at an address: a recording, which names itself. */
export const fileAt = (url: string): string => `the recording of ${new URL(url).pathname.slice(1)}`;

/** Serves a file as its host does: with its length and its hash. */
export function serveFile(url: string): Response {
  const file = fileAt(url);
  const digest = createHash('sha256').update(file).digest('base64');
  return new Response(file, {
    headers: {
      'content-type': 'audio/wav',
      'content-length': String(Buffer.byteLength(file)),
      'repr-digest': `sha-256=:${digest}:`,
    },
  });
}
