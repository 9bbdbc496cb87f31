import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Shell } from '../../src/cli/shell.ts';
import { canonicalize } from '../../src/rulebooks/canonical.ts';
import { alerts, folder, inbound, openShell, stopRule } from './shell.ts';

export const examples = [
  { name: 'STOP', callback: inbound('STOP'), fires: true },
  { name: 'hello', callback: inbound('hello'), fires: false },
];
export const guardrail = {
  name: 'stop',
  why: 'STOP counts.',
  callback: inbound('STOP'),
  must: ['suppress'],
};
export const helpRule = {
  ...stopRule,
  name: 'help',
  owner: 'support',
  when: { fact: 'text', operator: 'containsWord', value: 'help' },
  then: [{ action: 'alert', params: { severity: 'high', title: 'Help' } }],
};
export const OLD = {
  rules: { 'stop.json': stopRule },
  lists: {},
  conditions: {},
  alerts,
  guardrails: { 'guardrails/stop.json': guardrail },
};
export const { version: OLD_VERSION } = await canonicalize(OLD);
export const about = {
  version: OLD_VERSION,
  origin: 'published',
  author: 'anna',
  message: 'first',
  at: '2026-11-20T10:00:00.000Z',
  rules: 1,
  in_force: true,
  shadow: false,
};
export const tally = {
  callbacks: 12,
  changed: 3,
  unsure: 4,
  changes: [],
  shifts: [
    {
      rule: 'help',
      action: 'alert',
      message: 'alert support (high)',
      more: 2,
      fewer: 0,
      moreFor: ['ID1', 'ID2'],
      fewerFor: [],
    },
    {
      rule: 'stop',
      action: 'suppress',
      message: 'stop all messages to this person',
      more: 1,
      fewer: 0,
      moreFor: ['ID3'],
      fewerFor: [],
    },
    {
      rule: 'again',
      action: 'retry',
      message: 'send again',
      more: 0,
      fewer: 1,
      moreFor: [],
      fewerFor: ['ID4'],
    },
  ],
  suppressed: ['someone'],
  released: [],
  unknown: [{ rule: 'help', count: 4, reason: ['text'], examples: ['ID5'] }],
};
export const changed = (over: object = {}) => ({
  version: 'NEWVERSION0000000000000000',
  put: 'in force',
  before: OLD_VERSION,
  warnings: [],
  guardrails_kept: [],
  ...over,
});
export const list = {
  in_force: OLD_VERSION,
  shadow: null,
  bundled: 'BUNDLED0000000000000000000',
  versions: [
    about,
    {
      ...about,
      version: 'BUNDLED0000000000000000000',
      origin: 'bundled',
      author: 'deployment',
      message: '',
      in_force: false,
    },
  ],
  history: [
    {
      kind: 'activate',
      code: '0.1.0+3f9c2a10b7de',
      version: OLD_VERSION,
      at: '2026-11-20T10:00:00.000Z',
      actor: 'anna',
      reason: 'first',
    },
  ],
};

type Answers = Readonly<Record<string, { readonly status?: number; readonly body: unknown }>>;

/** A folder of rules, and a Worker that answers by method and path, and keeps what it was asked. */
export async function open(
  options: { answers?: Answers; rules?: object; ask?: Shell['ask'] } = {},
) {
  const asked: { what: string; body: Record<string, unknown> }[] = [];
  const answers: Answers = {
    'GET /v1/rulebooks': { body: list },
    'GET /v1/rulebooks/in-force': { body: { ...about, rulebook: OLD } },
    [`GET /v1/rulebooks/${OLD_VERSION}`]: { body: { ...about, rulebook: OLD } },
    'GET /v1/rulebooks/NEWVERSION0000000000000000': {
      body: { ...about, version: 'NEWVERSION0000000000000000', rulebook: { ...OLD, rules: {} } },
    },
    'POST /v1/rulebooks/backtest': { body: { against: OLD_VERSION, tally, next: null } },
    'PUT /v1/rulebooks': { body: changed() },
    'POST /v1/rulebooks/rollback': { body: changed() },
    ...options.answers,
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    asked.push({
      what: `${request.method} ${request.url}`,
      body: text === '' ? {} : JSON.parse(text),
    });
    const { status = 200, body } = answers[`${request.method} ${request.url?.split('?')[0]}`] ?? {
      status: 404,
      body: { code: 'not_found', detail: 'nothing there' },
    };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const { port } = Object(server.address());
  const home = folder({
    'rules/alerts.json': alerts,
    'rules/stop.json': { ...stopRule, examples },
    'rules/guardrails/stop.json': guardrail,
    'rules/help.json': helpRule,
    ...options.rules,
  });
  const env = {
    SIGNALBOX_URL: `http://127.0.0.1:${port}`,
    SIGNALBOX_TOKEN: 'token',
    SIGNALBOX_AUTHOR: 'bo',
  };
  return { home, asked, ...openShell({ home, env, ...(options.ask ? { ask: options.ask } : {}) }) };
}
