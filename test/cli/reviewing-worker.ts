import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { openShell } from './shell.ts';

/** A Worker that answers everything with one body, or as a function of what is asked, and keeps what it was asked. */
export async function listen(answer: unknown, status = 200) {
  const answerTo = typeof answer === 'function' ? answer : () => answer;
  const asked: { what: string; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    asked.push({
      what: `${request.method} ${request.url}`,
      body: text === '' ? undefined : JSON.parse(text),
    });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answerTo(`${request.method} ${request.url}`)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = Object(server.address());
  const env = {
    SIGNALBOX_URL: `http://127.0.0.1:${port}`,
    SIGNALBOX_TOKEN: 'token-1',
    SIGNALBOX_AUTHOR: 'ines',
  };
  return { asked, ...openShell({ env }) };
}

export const AT = '2026-11-20T03:00:00.000Z';
export const side = {
  ...{ contact: null, channel: 'SMS', identity: '46701740605' },
  ...{ suppressed: false, marketing: false, notification: false },
};
export const review = {
  id: 'R1',
  at: AT,
  due: '2026-11-23T03:00:00.000Z',
  kind: 'near-miss',
  state: 'open',
  reason: 'Not a plain STOP: “please stop”',
  rule: 'stop-near-miss',
  decision: 'D1',
  text: 'please stop',
  contacts: [],
  people: [side],
  decided_at: null,
  decided_by: null,
  decision_reason: null,
};
export const differ = {
  ...review,
  id: 'R2',
  kind: 'consents-differ',
  reason: 'the consents of 3 contacts that are one person differ',
  text: null,
  people: [
    { ...side, contact: 'C1', suppressed: true, marketing: true },
    { ...side, contact: 'C2', identity: '46701740611', marketing: true },
    { ...side, contact: 'C3', channel: 'RCS' },
    { ...side, contact: 'C4', channel: 'RCS', notification: true },
    { ...side, contact: 'C5', channel: 'RCS', marketing: true, notification: true },
  ],
};
export const NOTHING = { all: false, marketing: false, notification: false };
export const EVERYTHING = { all: true, marketing: true, notification: true };
export const decided = (state: string) => ({
  ...{ ...review, state, decided_at: AT, decided_by: 'ines (ops)', decision_reason: 'x' },
  people: [{ ...side, now: state === 'suppressed' ? EVERYTHING : NOTHING }],
});

export const NAME = '2026-11-20T03:00:00Z';
export const backup = {
  name: NAME,
  at: AT,
  rows: 1234,
  files: 16,
  fullest: { name: NAME, rows: 1234 },
};
export const older = { ...backup, name: '2026-11-19T03:00:00Z', rows: 1200 };
/** The record was lost before it was made. */
export const hollow = { ...backup, name: '2026-11-20T09:00:00Z', rows: 7 };
