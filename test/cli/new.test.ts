import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { triggers } from '../../src/callbacks/triggers/index.ts';
import { alerts, folder, HOME, openShell } from './shell.ts';

/** An empty rules folder, with the samples that ship. */
function open(answers?: readonly string[]) {
  const home = folder({ 'rules/alerts.json': alerts });
  mkdirSync(join(home, 'test'));
  cpSync(join(HOME, 'src', 'samples', 'callbacks'), join(home, 'src', 'samples', 'callbacks'), {
    recursive: true,
  });
  const asked: string[] = [];
  const waiting = [...(answers ?? [])];
  const ask = async (question: string) => {
    asked.push(question);
    return answers ? waiting.shift() : undefined;
  };
  return {
    home,
    asked,
    read: (name: string) => JSON.parse(readFileSync(join(home, 'rules', `${name}.json`), 'utf8')),
    ...openShell({ home, ask }),
  };
}

const RED = [
  '--on',
  'CHANNEL_EVENT',
  '--when',
  'quality_rating equal RED',
  '--why',
  'Because it matters.',
];

/** Triggers and conditions of actions that have no meaning for every delivery report. */
const ON: Readonly<Record<string, string>> = {
  archive: 'MESSAGE_INBOUND',
  reply: 'MESSAGE_INBOUND',
  review: 'MESSAGE_INBOUND',
  compare_consent: 'CONTACT_MERGE',
  merge_contacts: 'CONTACT_IDENTITIES_DUPLICATION',
  narrow_opt_out: 'OPT_OUT',
};
const WHEN: Readonly<Record<string, string>> = {
  retry: 'status equal FAILED',
  reply: 'direction equal TO_APP',
  compare_consent: 'preserved_contact_id present',
  merge_contacts: 'duplicate_contact_ids present',
};

describe('new', () => {
  test('writes a rule that passes check and test at once', async () => {
    const { run, out, read } = open();
    expect(await run('new', 'red', ...RED)).toBe(0);
    expect(out.slice(0, 2)).toEqual([
      'rules/red.json written',
      '  When a number’s quality rating is RED: alert messaging-ops (low).',
    ]);
    expect(read('red')).toMatchObject({
      name: 'red',
      on: ['CHANNEL_EVENT'],
      when: { fact: 'quality_rating', operator: 'equal', value: 'RED' },
      then: [{ action: 'alert', params: { severity: 'low', title: 'red' } }],
      examples: [
        { fires: true, callback: expect.any(Object) },
        { fires: false, callback: expect.any(Object) },
      ],
    });
    // A short example is read at one look.
    for (const { callback } of read('red').examples)
      expect(JSON.stringify(callback).length).toBeLessThan(400);
    expect(await run('check', '--strict')).toBe(0);
    expect(await run('test', 'red')).toBe(0);
  });

  test.each(
    actions.map(({ name }) => name),
  )('knows params that %s can start with', async (action) => {
    const { run, out } = open();
    const facts = ['--when', WHEN[action] ?? 'channel equal SMS'];
    const code = await run(
      'new',
      'some',
      '--on',
      ON[action] ?? 'MESSAGE_DELIVERY',
      ...facts,
      '--then',
      action,
      '--why',
      'So.',
    );
    expect(code, out.join('\n')).toBe(0);
    expect(await run('test', 'some')).toBe(0);
  });

  test.each(triggers.map(({ name }) => name))('finds examples for %s', async (trigger) => {
    const { run } = open();
    const then = ['--then', 'ignore', '--why', 'So.'];
    expect(
      await run('new', 'some', '--on', trigger, '--when', 'app_id equal nobody', ...then),
    ).toBe(0);
    expect(await run('test', 'some')).toBe(0);
  });

  test.each([
    ['age_seconds lessThan 60', { fact: 'age_seconds', operator: 'lessThan', value: 60 }],
    ['injected equal true', { fact: 'injected', operator: 'equal', value: true }],
    ['channel in SMS, MMS', { fact: 'channel', operator: 'in', value: ['SMS', 'MMS'] }],
    ['channel in SMS', { fact: 'channel', operator: 'in', value: ['SMS'] }],
    [
      'text containsWord stop texting',
      { fact: 'text', operator: 'containsWord', value: 'stop texting' },
    ],
    [
      'text containsWord stop,end',
      { fact: 'text', operator: 'containsWord', value: ['stop', 'end'] },
    ],
    ['reply_to missing', { fact: 'reply_to', operator: 'missing' }],
  ])('reads --when "%s"', async (typed, when) => {
    const { run, read } = open();
    expect(
      await run('new', 'some', '--on', 'MESSAGE_INBOUND', '--when', typed, '--why', 'So.'),
    ).toBe(0);
    expect(read('some').when).toEqual(when);
    expect(await run('test', 'some')).toBe(0);
  });

  test('says what costs more than it must, and writes it all the same', async () => {
    const { run, out } = open();
    expect(
      await run(
        'new',
        'some',
        '--on',
        'MESSAGE_INBOUND',
        '--when',
        'reply_to missing',
        '--why',
        'So.',
      ),
    ).toBe(0);
    expect(out).toContainEqual(
      expect.stringMatching(/^ {2}looked-at-always evaluated for every MESSAGE_INBOUND:/),
    );
  });

  test('joins several conditions, and gives what Signalbox stores', async () => {
    const { run, read } = open();
    const when = ['--when', 'status equal FAILED', '--when', 'attempt greaterThan 3'];
    expect(await run('new', 'late', '--on', 'MESSAGE_DELIVERY', ...when, '--why', 'So.')).toBe(0);
    expect(read('late').when.all).toHaveLength(2);
    const [fires] = read('late').examples;
    expect(fires.given).toEqual({ attempt: 4 });
    expect(fires.callback.message_delivery_report.status).toBe('FAILED');
    expect(await run('test', 'late')).toBe(0);
  });

  test('asks for what is not given', async () => {
    const { run, asked, read } = open([
      'CHANNEL_EVENT',
      'quality_rating equal RED',
      '',
      'support',
      'It matters.',
    ]);
    expect(await run('new', 'red')).toBe(0);
    expect(asked).toHaveLength(5);
    expect(asked[2]).toMatch(/\[alert\] $/);
    expect(read('red')).toMatchObject({
      owner: 'support',
      why: 'It matters.',
      then: [{ action: 'alert' }],
    });
  });

  test.each([
    [['new', 'red', '--when', 'quality_rating equal RED'], /^--on is missing: Which callback\?/],
    [
      ['new', 'red', ...RED, '--then', 'allert'],
      /no action is called "allert": did you mean "alert"\?/,
    ],
    [
      ['new', 'red', ...RED, '--when', 'chanel equal SMS'],
      /unknown-fact .*did you mean "channel"\?/,
    ],
    [['new', 'red', ...RED, '--when', 'channel'], /expected a fact, an operator and a value/],
    [['new', 'Red', ...RED], /lower-case words/],
    [['new', 'red', ...RED, '--when', 'event_type matches x'], /[Ww]rite this rule by hand/],
    [
      ['new', 'red', ...RED, '--when', 'quality_rating equal GREEN'],
      /never-fires|[Ww]rite this rule by hand/,
    ],
  ])('refuses %j and writes nothing', async (words, message) => {
    const { run, err, home } = open();
    expect(await run(...words)).toBe(2);
    expect(err.join('\n')).toMatch(message);
    expect(existsSync(join(home, 'rules', 'red.json'))).toBe(false);
  });

  test('leaves a rule alone that is there', async () => {
    const { run, err } = open();
    await run('new', 'red', ...RED);
    expect(await run('new', 'red', ...RED)).toBe(1);
    expect(err).toEqual(['rules/red.json is there already']);
  });
});
