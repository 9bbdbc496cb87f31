import { createServer } from 'node:http';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { Decisions, Drifts, ExplainedDecision, Stats } from '../../src/api/decisions/decisions.ts';
import { openShell } from './shell.ts';

export const ID = '0123456789ABCDEFGHJKMNPQRS';

export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A Worker that answers everything with one body, or with what a function returns, and keeps what it was asked. */
export async function listen(body: unknown, status = 200) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(typeof body === 'function' ? body() : body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = Object(server.address());
  const url = `http://127.0.0.1:${port}`;
  return { url, asked, ...openShell({ env: { SIGNALBOX_URL: url, SIGNALBOX_TOKEN: 'token-1' } }) };
}

export const decision = {
  id: ID,
  rulebook: 'V1',
  received_at: '2026-11-20T12:00:00.000Z',
  event_time: '2026-11-20T11:59:00.000Z',
  class: 'consent',
  trigger: 'MESSAGE_INBOUND',
  channel: 'SMS',
  app_id: 'app-1',
  reason_code: null,
  contact_ids: null,
  shadow: false,
  rules: [
    { rule: 'stop', outcome: 'fired' },
    { rule: 'broken', outcome: 'erred', detail: 'no such fact' },
    { rule: 'tried', outcome: 'shadow' },
  ],
  actions: [{ rule: 'stop', action: 'suppress', outcome: 'done', at: '2026-11-20T12:00:00.000Z' }],
};
export const quiet = {
  ...decision,
  trigger: 'MESSAGE_DELIVERY',
  reason_code: 'RATE_LIMITED',
  rules: [],
  actions: [],
};
export const page = v.parse(Decisions, { decisions: [decision, quiet], next: '17.X.V1' });
export const explained = v.parse(ExplainedDecision, {
  ...decision,
  explained_under: 'V1',
  notes: ['texts were not kept'],
  facts: { channel: 'SMS' },
  not_kept: ['text'],
  others: ['V0'],
  explanation: [
    {
      rule: 'stop',
      outcome: 'fired',
      held: 1,
      of: 1,
      misses: [],
      sentence: 'stop fired: keyword was STOP',
    },
    {
      rule: 'help',
      outcome: 'did-not-fire',
      held: 0,
      of: 1,
      misses: [],
      sentence: 'help did not fire: keyword was STOP',
    },
    {
      rule: 'words',
      outcome: 'unknown',
      held: 0,
      of: 1,
      misses: [],
      sentence: 'words may have fired',
    },
  ],
});
export const stats = v.parse(Stats, {
  since: '2026-10-21T12:00:00.000Z',
  journal_since: '2026-11-10T12:00:00.000Z',
  callbacks: 42,
  rules: [
    {
      rule: 'stop',
      fired: 40,
      shadow: 0,
      erred: 0,
      last_fired: '2026-11-20T12:00:00.000Z',
      in_force: true,
    },
    { rule: 'old', fired: 10, shadow: 2, erred: 1, last_fired: null, in_force: false },
    { rule: 'never', fired: 0, shadow: 0, erred: 0, last_fired: null, in_force: true },
  ],
  never_fired: ['never'],
  triggers: [{ name: 'MESSAGE_INBOUND', callbacks: 42 }],
  channels: [
    { name: 'SMS', callbacks: 40 },
    { name: 'RCS', callbacks: 2 },
  ],
  reason_codes: [],
});
export const drift = v.parse(Drifts, {
  drift: [
    {
      day: '2026-11-20',
      kind: 'value',
      trigger: 'MESSAGE_DELIVERY',
      name: 'status',
      value: 'PAUSED',
      at: '2026-11-20T12:00:00.000Z',
      callback: ID,
      fixture: { message_delivery_report: { status: 'PAUSED' } },
    },
  ],
});
