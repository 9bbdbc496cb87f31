import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { folder, openShell } from './shell.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly type: string | undefined;
  readonly body: string;
}

/** A Worker that gives its answers in turn, the last one for ever, and keeps what it was asked. */
export async function listen(
  answers: readonly (object | string)[],
  status = 200,
  files: Record<string, string> = {},
) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    asked.push({
      method,
      path: decodeURIComponent(url),
      type: headers['content-type'],
      body: Buffer.concat(chunks).toString(),
    });
    const answer = answers[Math.min(asked.length, answers.length) - 1] ?? {};
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = Object(server.address());
  const env = {
    SIGNALBOX_URL: `http://127.0.0.1:${port}`,
    SIGNALBOX_TOKEN: 'token-1',
    SIGNALBOX_AUTHOR: 'ada',
  };
  return { asked, ...openShell({ env, here: folder(files) }) };
}

export const person = {
  person: 'P',
  suppressed: true,
  scopes: { all: true, marketing: true, notification: true },
  since: '2026-11-20T10:00:00.000Z',
  apps: { 'app-1': { all: true, marketing: true, notification: true } },
  other_apps: { all: true, marketing: true, notification: true },
  review_since: null,
  history: [
    {
      at: '2026-11-20T10:00:00.000Z',
      scope: 'all',
      to: 'out',
      source: 'keyword',
      words: 'STOP',
      rule: 'stop',
      decision: 'D1',
    },
    {
      at: '2026-11-20T11:00:00.000Z',
      scope: 'marketing',
      to: 'in',
      source: 'import',
      evidence: 'form v3',
      actor: 'ada',
      hops: 1,
      imported: 'bob: moved (list crm)',
    },
    {
      at: '2026-11-20T12:00:00.000Z',
      scope: 'marketing',
      to: 'out',
      source: 'keyword',
      rule: 'stop-ads',
      undone: 'ines (api-token): a wrong word',
    },
  ],
  capability: [
    { channel: 'SMS', status: 'CAPABILITY_FULL', at: '2026-11-19T10:00:00.000Z', age_seconds: 9 },
  ],
  last_delivery: [
    { channel: 'SMS', status: 'DELIVERED', at: '2026-11-18T10:00:00.000Z', message_id: 'M1' },
  ],
};

export const report = (more: object = {}) => ({
  dry_run: true,
  lines: 3,
  out: 1,
  in: 1,
  unchanged: 0,
  outweighed: 1,
  came_back: 0,
  bad: 1,
  bad_share: 1 / 3,
  bad_lines: [{ line: 4, message: 'identity: is no phone number' }],
  next_line: null,
  ...more,
});
export const FILES = { 'old list.csv': 'channel,identity\nSMS,12025550142\n' };
