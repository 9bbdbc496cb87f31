import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explained, ID } from './deciding-worker.ts';
import { open } from './keeping-worker.ts';
import { HOME, inbound, stopRule } from './shell.ts';

const missed = inbound('Stop, says Kerry', { contact_display_name: '' });
const answers = {
  [`GET /v1/decisions/${ID}`]: { body: { ...explained, facts: { channel: 'SMS', attempt: 2 } } },
  [`GET /v1/decisions/${ID}/callback`]: { body: missed },
};
const retry = {
  ...stopRule,
  name: 'again',
  on: ['MESSAGE_DELIVERY'],
  when: {
    all: [
      { fact: 'attempt', operator: 'lessThan', value: 3 },
      { fact: 'status', operator: 'equal', value: 'FAILED' },
    ],
  },
  then: [{ action: 'alert', params: { severity: 'low', title: 'Again' } }],
};
const failed = {
  message_delivery_report: {
    message_id: 'm-1',
    status: 'FAILED',
    channel_identity: { channel: 'SMS', identity: '46732001122', app_id: '' },
  },
};

async function start(rules: object = {}, more: object = {}) {
  const opened = await open({ answers: { ...answers, ...more }, rules });
  mkdirSync(join(opened.home, 'src', 'samples'), { recursive: true });
  cpSync(join(HOME, 'src/samples/callbacks'), join(opened.home, 'src/samples/callbacks'), {
    recursive: true,
  });
  return {
    ...opened,
    read: (file: string) => JSON.parse(readFileSync(join(opened.home, 'rules', file), 'utf8')),
  };
}

describe('example add', () => {
  test('keeps a decision that a rule missed, without the address, and says that it fails for now', async () => {
    const { run, out, read } = await start();
    const before = read('stop.json');
    expect(await run('example', 'add', 'stop', ID, '--fires')).toBe(0);
    const after = read('stop.json');
    expect(after).toEqual({
      ...before,
      examples: [
        ...before.examples,
        {
          name: 'Stop, says Kerry',
          fires: true,
          callback: {
            ...missed,
            message: {
              ...missed.message,
              channel_identity: { channel: 'SMS', identity: '46705550100', app_id: '' },
            },
          },
        },
      ],
    });
    expect(out).toEqual([
      'rules/stop.json: example "Stop, says Kerry" added, it must fire',
      '  Replaced: message.channel_identity.identity',
      '  Texts stay as they were written: read them before you publish.',
      expect.stringMatching(/^ {2}✗ It fails for now: stop did not fire: .* signalbox test stop$/),
    ]);
  });

  test('keeps what must not fire, under a name of its own each time', async () => {
    const { run, out, read } = await start({ 'missed.json': missed });
    for (const _ of [1, 2]) {
      expect(
        await run('example', 'add', 'stop', 'missed.json', '--quiet', '--name', 'a sentence'),
      ).toBe(0);
    }
    expect(read('stop.json').examples.map(({ name }: { name: string }) => name)).toEqual([
      'STOP',
      'hello',
      'a sentence',
      'a sentence (2)',
    ]);
    expect(out.at(-1)).toMatch(/^ {2}✓ stop did not fire: /);
    expect(await run('test', 'stop')).toBe(0);
  });

  test('keeps with a decision what Signalbox remembered then, as far as the rule uses it', async () => {
    const { run, read } = await start(
      { 'rules/again.json': { ...retry, examples: undefined } },
      { [`GET /v1/decisions/${ID}/callback`]: { body: failed } },
    );
    expect(await run('example', 'add', 'again', ID, '--fires', '--at', '2026-11-20 10:00')).toBe(0);
    expect(read('again.json').examples).toMatchObject([
      { name: 'fires', fires: true, given: { attempt: 2 }, at: '2026-11-20T10:00:00.000Z' },
    ]);
    expect(await run('test', 'again')).toBe(0);
  });

  test('says when the rule depends on a value that was replaced', async () => {
    const { run, out } = await start({
      'rules/help.json': {
        ...stopRule,
        name: 'help',
        when: { fact: 'identity', operator: 'equal', value: '46732001122' },
      },
    });
    expect(await run('example', 'add', 'help', ID, '--fires')).toBe(0);
    expect(out).toContain('  Careful: help decides otherwise with the values that were replaced.');
  });

  test.each([
    [['stop', ID], 2, 'say what must happen: --fires or --quiet'],
    [['stop', ID, '--fires', '--quiet'], 2, 'say what must happen: --fires or --quiet'],
    [['stp', ID, '--fires'], 1, /^no rule is called "stp": did you mean "stop"/],
    [['stop', 'none.json', '--fires'], 1, /^no file and no sample is called "none.json"/],
    [['stop', 'rules/README.md', '--fires'], 2, 'rules/README.md is not JSON'],
  ])('refuses %j and writes nothing', async (words, code, message) => {
    const { run, err, read } = await start({ 'rules/README.md': 'ours' });
    const before = read('stop.json');
    expect(await run('example', 'add', ...words)).toBe(code);
    expect(err[0]).toMatch(message);
    expect(read('stop.json')).toEqual(before);
  });
});

describe('new --from', () => {
  const words = ['--when', 'text containsWord kerry', '--why', 'So.', '--owner', 'support'];

  test('takes the trigger and the example that fires from a decision', async () => {
    const { run, read, home } = await start();
    expect(await run('new', 'kerry', '--from', ID, ...words, '--then', 'alert'), home).toBe(0);
    const rule = read('kerry.json');
    expect(rule.on).toEqual(['MESSAGE_INBOUND']);
    expect(rule.examples).toMatchObject([
      {
        name: 'Stop, says Kerry',
        fires: true,
        callback: { message: { channel_identity: { identity: '46705550100' } } },
      },
      { fires: false },
    ]);
    expect(await run('test', 'kerry')).toBe(0);
  });

  test('lists what the callback has when it asks for the condition', async () => {
    const questions: string[] = [];
    const { home } = await start({ 'failed.json': failed });
    const { openShell } = await import('./shell.ts');
    const { run } = openShell({
      home,
      ask: async (question) => {
        questions.push(question);
        return question.startsWith('When') ? 'status equal FAILED' : 'So.';
      },
    });
    expect(await run('new', 'late', '--from', 'failed.json', '--then', 'alert')).toBe(0);
    expect(questions[0]).toMatch(/^When does it fire\? The callback has .*status FAILED/);
  });

  test('writes nothing when the callback does not make the rule fire', async () => {
    const { run, err, home } = await start();
    const other = ['--when', 'text containsWord never', '--why', 'So.', '--owner', 'support'];
    expect(await run('new', 'never', '--from', ID, ...other, '--then', 'alert'), home).toBe(2);
    expect(err[0]).toMatch(
      /^nothing was written, because the callback does not make the rule fire: never did not fire/,
    );
  });
});
