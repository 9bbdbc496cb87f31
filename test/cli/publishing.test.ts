import { describe, expect, test } from 'vitest';
import { canonicalize } from '../../src/rulebooks/canonical.ts';
import { about, examples, helpRule, OLD, OLD_VERSION, open } from './keeping-worker.ts';
import { inbound, stopRule } from './shell.ts';

describe('publish', () => {
  test('shows what holds, what changes and what would have been different, before it asks', async () => {
    const questions: string[] = [];
    const { run, out, err, asked } = await open({
      ask: async (question) => {
        questions.push(question);
        return 'n';
      },
    });
    expect(await run('publish')).toBe(1);
    expect(out).toEqual([
      '2 rules, 2 examples, 1 guardrail: 3 passed, 0 failed',
      `What changes in ${OLD_VERSION.slice(0, 8)}, which is in force:`,
      '  + rule help added',
      expect.stringMatching(/^ {6}When .*: alert support \(high\)\.$/),
      '      alert title',
      '        new: Help',
      'On record since 7d:',
      '12 callbacks: 3 would end otherwise, 4 are unknown',
      '  alert actions: 2 more, 0 fewer',
      '  retry actions: 0 more, 1 fewer',
      '  suppress actions: 1 more, 0 fewer',
      '  1 person newly suppressed',
      '  again',
      '    - 1 × send again: ID4',
      '  help',
      '    + 2 × alert support (high): ID1, ID2',
      '  stop',
      '    + 1 × stop all messages to this person: ID3',
      expect.stringMatching(/^ {2}\? help: unknown for 4 callbacks, .*: text \(ID5\)$/),
      '  Texts and metadata are on record with the setting JOURNAL_PAYLOAD=keep, from then on.',
      '  A file of callbacks has everything: signalbox backtest --file week.ndjson',
      expect.stringMatching(/^ {2}Why\? signalbox explain <id>/),
    ]);
    expect(questions).toEqual(['Put these rules in force? [y/N] ']);
    expect(err).toEqual(['Nothing was published.']);
    expect(asked.some(({ what }) => what.startsWith('PUT'))).toBe(false);
  });

  test('after a yes it sends rules, examples and guardrails, by whom, why and on what ground', async () => {
    const { run, out, asked } = await open({ ask: async () => 'y' });
    expect(await run('publish', '--message', 'Tell support')).toBe(0);
    expect(out.at(-1)).toBe(
      'NEWVERSI is in force, everywhere within 30 seconds. The way back: signalbox rollback',
    );
    expect(asked.at(-1)).toMatchObject({
      what: 'PUT /v1/rulebooks',
      body: {
        rules: { 'stop.json': { examples }, 'help.json': helpRule },
        guardrails: OLD.guardrails,
        author: 'bo',
        message: 'Tell support',
        builds_on: OLD_VERSION,
      },
    });
  });

  test.each([
    [['--shadow'], 'PUT /v1/rulebooks?shadow=true'],
    [['--store'], 'PUT /v1/rulebooks?activate=false'],
    [['--drop-guardrails'], 'PUT /v1/rulebooks?guardrails=replace'],
  ])('%j asks for that', async (flags, what) => {
    const { run, asked } = await open();
    expect(await run('publish', '--yes', '--no-backtest', ...flags)).toBe(0);
    expect(asked.map((one) => one.what)).toEqual(['GET /v1/rulebooks/in-force', what]);
  });

  test('where nobody can answer it says how to go on', async () => {
    const { run, err } = await open();
    expect(await run('publish')).toBe(2);
    expect(err).toEqual(['there is no terminal to ask for confirmation: use --yes']);
  });

  test.each<[string, object, RegExp]>([
    [
      'an error',
      { 'rules/help.json': { ...helpRule, on: ['MESSAGE'] } },
      /help\.json:\d+:\d+ error unknown-trigger/,
    ],
    [
      'an example that fails',
      { 'rules/help.json': { ...helpRule, examples: [{ ...examples[0], fires: true }] } },
      /^ {4}"STOP" should fire and does not/,
    ],
    [
      'a guardrail that is broken',
      { 'rules/stop.json': { ...stopRule, mode: 'shadow' } },
      /rules\/stop\.json:\d+:\d+ error guardrail-broken the rule is only recorded/,
    ],
    [
      'a story that ends otherwise',
      {
        'rules/tests/stop.json': {
          name: 'stop',
          why: 'STOP counts.',
          steps: [
            { at: '2026-11-01T10:00:00Z', callback: inbound('STOP'), then: { refuses: 'nothing' } },
          ],
        },
      },
      /^✗ story stop/,
    ],
  ])('%s keeps it from asking the Worker at all', async (_, rules, message) => {
    const { run, out, err, asked } = await open({ rules });
    expect(await run('publish', '--yes')).toBe(1);
    expect(out).toContainEqual(expect.stringMatching(message));
    expect(err).toEqual(['Nothing was published.']);
    expect(asked).toEqual([]);
  });

  test('the rules in force are not published again', async () => {
    const { version } = await canonicalize({
      ...OLD,
      rules: { 'stop.json': { ...stopRule, examples }, 'help.json': helpRule },
    });
    const { run, out, asked } = await open({
      answers: { 'GET /v1/rulebooks/in-force': { body: { ...about, version, rulebook: OLD } } },
    });
    expect(await run('publish', '--yes')).toBe(0);
    expect(out.at(-1)).toBe(`${version.slice(0, 8)}: these rules are in force already`);
    expect(asked).toHaveLength(1);
  });

  test('a second publisher is shown what the first one changed', async () => {
    const body = {
      code: 'changed_meanwhile',
      detail:
        'X is in force, not Y (anna: more): look at the difference, then publish on top of it',
      in_force: 'X',
      difference: [{ what: 'rule more', change: 'added', new: 'When it comes: alert.' }],
    };
    const { run, err } = await open({ answers: { 'PUT /v1/rulebooks': { status: 412, body } } });
    expect(await run('publish', '--yes', '--no-backtest')).toBe(1);
    expect(err).toEqual([
      body.detail,
      '+ rule more added',
      '    When it comes: alert.',
      'Nothing was published.',
    ]);
  });

  test('what the Worker finds is told as `check` tells it', async () => {
    const findings = [
      {
        file: 'guardrails/other.json',
        path: [],
        code: 'guardrail-broken',
        severity: 'error',
        message: 'its callback must alert; no rule fires',
        hint: 'Somebody must know.',
      },
    ];
    const body = { code: 'rule_invalid', detail: 'no', findings };
    const { run, err } = await open({ answers: { 'PUT /v1/rulebooks': { status: 422, body } } });
    expect(await run('publish', '--yes', '--no-backtest')).toBe(1);
    expect(err).toEqual([
      'rules/guardrails/other.json error guardrail-broken its callback must alert; no rule fires: Somebody must know.',
      'Nothing was published.',
    ]);
  });
});
