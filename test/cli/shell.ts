import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCli } from '../../src/cli/cli.ts';
import type { Shell } from '../../src/cli/shell.ts';
import { HOME } from '../setup/home.ts';

export { HOME };

export const NOW = Date.parse('2026-11-20T12:00:00Z');

/** A folder for one test. Objects are written as JSON. */
export function folder(files: Readonly<Record<string, object | string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(
      join(root, name),
      typeof content === 'string' ? content : JSON.stringify(content, null, 2),
    );
  }
  return root;
}

/** A shell that keeps what is printed, and the command line over it. */
export function openShell(
  options: Partial<
    Pick<
      Shell,
      'home' | 'here' | 'env' | 'interrupted' | 'ask' | 'now' | 'zone' | 'progress' | 'pause'
    >
  > = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const home = options.home ?? HOME;
  const shell: Shell = {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    now: () => NOW,
    zone: 'UTC',
    home,
    here: home,
    env: {},
    interrupted: () => new Promise(() => {}),
    ask: async () => undefined,
    progress: () => {},
    pause: async () => {},
    ...options,
  };
  return { out, err, shell, run: (...words: string[]) => runCli(words, shell) };
}

/** A rule that is well: STOP suppresses. */
export const stopRule = {
  name: 'stop',
  why: 'They said no.',
  owner: 'compliance',
  on: ['MESSAGE_INBOUND'],
  when: {
    all: [
      { fact: 'keyword', operator: 'equal', value: 'STOP' },
      { fact: 'direction', operator: 'equal', value: 'TO_APP' },
    ],
  },
  then: [{ action: 'suppress', params: { scope: 'all' } }],
  examples: [] as object[],
};

export const alerts = {
  destinations: { ops: { type: 'webhook', url: { secret: 'DEST_OPS' } } },
  default: 'ops',
};

/** An inbound text from a person. */
export const inbound = (text: string, extra: object = {}) => ({
  app_id: 'app-1',
  accepted_time: '2026-11-01T10:00:00Z',
  event_time: '2026-11-01T10:00:00Z',
  message: {
    id: 'message-1',
    direction: 'TO_APP',
    contact_message: { text_message: { text } },
    channel_identity: { channel: 'SMS', identity: '46732001122', app_id: '' },
  },
  ...extra,
});
