import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { openShell } from './shell.ts';

export interface Asked {
  readonly what: string;
  readonly body: unknown;
}

/** A Worker that gives these answers, one after the other (the last one again and again), and keeps what it was asked. */
export async function listen(answers: readonly unknown[], { status = 200, env = {} } = {}) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    asked.push({
      what: `${request.method} ${request.url}`,
      body: text === '' ? undefined : JSON.parse(text),
    });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[Math.min(asked.length, answers.length) - 1]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = Object(server.address());
  const where = {
    SIGNALBOX_URL: `http://127.0.0.1:${port}`,
    SIGNALBOX_TOKEN: 'token-1',
    SIGNALBOX_AUTHOR: 'ines',
  };
  return { asked, ...openShell({ env: { ...where, ...env } }) };
}

export const AT = '2026-11-20T03:00:00.000Z';
export const pause = {
  id: 'p1',
  kind: 'rule',
  name: 'stop-near-miss',
  actor: 'ines (ops)',
  reason: 'it floods support',
  since: AT,
};
export const everything = { ...pause, kind: 'everything', name: '' };

export const item = {
  id: 'H1',
  at: AT,
  cause: 'budget',
  reason: 'rule start may unsuppress 500 within 60 minutes',
  rule: 'start',
  action: 'unsuppress',
  app_id: 'app-1',
  decision: 'D1',
  state: 'held',
  decided_at: null,
  decided_by: null,
  decision_reason: null,
};

export const limited = { to: '10/minute', content: 'marketing', until: AT, reason: 'by hand' };
export const sender = (throttle: object | null) => ({
  quality: 'RED',
  since: AT,
  throttle,
  limits: throttle ? [{ ...limited, since: AT }] : [],
  messaging_limit: null,
  history: [],
});
