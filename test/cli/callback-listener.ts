import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { folder, inbound } from './shell.ts';

export interface Received {
  readonly body: Uint8Array;
  readonly headers: Headers;
  readonly path: string;
}

/** A Worker that keeps what it gets and answers as told. */
export async function listen(answer: { status?: number; body?: unknown } = {}) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = new Headers(
      Object.entries(request.headers).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]),
    );
    received.push({ body: Buffer.concat(chunks), headers, path: request.url ?? '' });
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(answer.body ?? { id: 'C1', trigger: 'MESSAGE_INBOUND', fired: [] }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = Object(server.address());
  const close = () => new Promise((resolve) => server.close(resolve));
  onTestFinished(() => void close());
  return { url: `http://127.0.0.1:${port}`, received, close };
}

export const here = () => folder({ 'stop.json': inbound('STOP'), 'broken.json': '{"app_id"' });
export const recording = {
  app_id: 'a',
  record_notification: { recording_url: 'https://storage.sinch.com/own.mp3' },
};
export const bodyOf = ({ body }: Received) => JSON.parse(new TextDecoder().decode(body));
