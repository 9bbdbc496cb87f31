import { vi } from 'vitest';
import { folder, inbound, stopRule } from './shell.ts';

export const rule = (changes: object = {}) => ({
  ...stopRule,
  name: 'lawyer',
  why: 'A person must answer.',
  owner: 'support',
  labels: { team: 'legal' },
  next_step: 'Call them back.',
  when: { fact: 'text', operator: 'containsWord', value: ['lawyer'] },
  then: [
    {
      action: 'alert',
      params: { severity: 'high', title: 'A threat on {{channel}}', text: '“{{text}}”' },
    },
  ],
  examples: [{ name: 'named', callback: inbound('my lawyer'), fires: true }],
  ...changes,
});
export const alerts = {
  destinations: {
    ops: { type: 'webhook', url: { secret: 'DEST_OPS' } },
    legal: { type: 'slack', url: { secret: 'DEST_SLACK' } },
  },
  default: 'ops',
  routes: [{ name: 'law', match: { labels: { team: 'legal' } }, to: 'legal' }],
};
export const project = (changes: object = {}) =>
  folder({ 'rules/lawyer.json': rule(changes), 'rules/alerts.json': alerts });

/** The Worker's answers, in order; what was asked of it is kept. */
export function worker(...answers: object[]) {
  const asked: { method: string; path: string; body: unknown }[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { method, url } = new Request(input, init);
    asked.push({
      method,
      path: new URL(url).pathname,
      body: init?.body ? JSON.parse(String(init.body)) : undefined,
    });
    return Response.json(answers.shift() ?? {});
  });
  return asked;
}

export const env = { SIGNALBOX_TOKEN: 'token' };

export const summary = {
  ...{ id: '01JGROUP', state: 'firing', route: 'law', count: 3, resolved_at: null, muted: null },
  ...{
    opened_at: '2026-11-20T12:00:00Z',
    first_at: '2026-11-20T12:00:00Z',
    last_at: '2026-11-20T12:01:00Z',
  },
  members: [
    {
      rule: 'lawyer',
      owner: 'support',
      severity: 'high',
      app_id: 'a',
      channel: 'SMS',
      labels: {},
      title: 'A threat',
    },
  ],
};
