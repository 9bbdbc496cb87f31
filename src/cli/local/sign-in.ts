import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How long a sign-in link holds, in milliseconds. */
const HOLDS = 10 * 60_000;
/** A code is 22 characters. */
const MOST = 200;

/** A one-time code for the console, and the place that exchanges it for a token. */
export interface SignIn {
  readonly code: string;
  /** Where the Worker asks: `POST {code}` answers `{token}`, once, within ten minutes. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Opens the exchange of one code on a free port of this machine. The token itself is never printed. */
export function openSignIn(token: string, now: () => number): Promise<SignIn> {
  const code = randomBytes(16).toString('base64url');
  const until = now() + HOLDS;
  let used = false;
  const server = createServer(async (request, response) => {
    const given = await codeIn(request).catch(() => undefined);
    const good = request.method === 'POST' && given === code && !used && now() < until;
    if (good) used = true;
    response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' });
    response.end(good ? JSON.stringify({ token }) : '{}');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      // A server that listens on a port has an address of this form.
      const { port } = server.address() as AddressInfo;
      resolve({
        code,
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function codeIn(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MOST) return undefined;
  }
  return Object(JSON.parse(text)).code;
}
