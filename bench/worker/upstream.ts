import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Sinch as far as the gateway and a retry ask it, on 127.0.0.1. */
export async function openUpstream(): Promise<{
  readonly url: string;
  readonly close: () => void;
}> {
  let sent = 0;
  const server = createServer((request, response) => {
    request.resume();
    const answer = request.url?.includes('oauth2')
      ? { access_token: 'bench', expires_in: 3_600, token_type: 'bearer' }
      : { message_id: `01BENCHSENT${sent++}`, accepted_time: new Date().toISOString() };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
