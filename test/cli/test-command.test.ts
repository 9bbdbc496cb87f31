import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRulesFolder } from '../../src/cli/rules/rules-folder.ts';
import { eventually } from '../setup/eventually.ts';
import { alerts, folder, inbound, openShell, stopRule } from './shell.ts';

const examples = [
  { name: 'stop', callback: inbound('Stop'), fires: true },
  { name: 'hello', callback: inbound('Hello'), fires: false },
];
const stop = { ...stopRule, examples };
const told = {
  ...stopRule,
  name: 'told',
  then: [{ action: 'alert', params: { severity: 'high', title: '{{keyword}}' } }],
  also_fires: ['stop'],
  examples,
};
const story = (...steps: object[]) => ({ name: 'no', why: 'They said no.', steps });
const step = { at: '2026-11-02T03:00:00Z', callback: inbound('STOP') };
const guardrail = (must: string) => ({
  name: 'stop-suppresses',
  why: 'The law.',
  callback: inbound('STOP'),
  must: [must],
});

const home = (files: Record<string, object | string>) =>
  folder({ 'rules/alerts.json': alerts, 'rules/stop.json': stop, ...files });

describe('test, with stories', () => {
  test('says step, expected, got, and why', async () => {
    const failing = story(
      { ...step, then: { fires: ['stop'], refuses: 'all', told: [] } },
      {
        name: 'only a greeting',
        after: '1h',
        callback: inbound('hello'),
        then: { fires: ['stop'] },
      },
    );
    const { run, out } = openShell({ home: home({ 'rules/tests/no.json': failing }) });
    expect(await run('test')).toBe(1);
    expect(out).toEqual([
      '✓ stop  2 examples',
      '✗ story no  2 steps',
      expect.stringMatching(
        /^ {4}step 2, only a greeting \(2026-11-02 04:00:00\) \(rules\/tests\/no\.json:\d+\)$/,
      ),
      '      expected  fires: stop',
      '      got       fired: none',
      expect.stringMatching(/^ {8}stop did not fire: .*HELLO, the rule needs STOP/),
      '1 rule, 2 examples, 1 story: 2 passed, 1 failed',
    ]);
  });

  test('plays the stories that are named, and says which was probably meant', async () => {
    const { run, out, err } = openShell({
      home: home({ 'rules/tests/no.json': story({ ...step, then: { fires: ['stop'] } }) }),
    });
    expect(await run('test', 'no')).toBe(0);
    expect(out).toEqual(['✓ story no  1 step', '0 rules, 0 examples, 1 story: 1 passed, 0 failed']);
    expect(await run('test', 'stopp')).toBe(1);
    expect(err).toEqual(['no rule is called "stopp": did you mean "stop"?']);
  });

  test('knows the samples', async () => {
    const { run } = openShell({
      here: home({
        'rules/tests/no.json': story({
          at: '2026-11-02T03:00:00Z',
          sample: 'stop',
          then: { fires: ['stop'] },
        }),
      }),
    });
    expect(await run('test', '--rules', 'rules')).toBe(0);
  });

  test('shows what is wrong with a story, where it stands; check does, too', async () => {
    const files = { 'rules/tests/no.json': story({ ...step, then: { fires: ['stopp'] } }) };
    for (const command of ['test', 'check']) {
      const { run, out } = openShell({ home: home(files) });
      expect(await run(command)).toBe(1);
      expect(out).toContainEqual(
        expect.stringMatching(
          /^rules\/tests\/no\.json:\d+:\d+ error unknown-rule no rule is called "stopp": did you mean "stop"\?$/,
        ),
      );
    }
  });

  test('gives stories as JSON; they are part of what is published', async () => {
    const { run, out, shell } = openShell({
      home: home({ 'rules/tests/no.json': story({ ...step, then: { fires: ['stop'] } }) }),
    });
    expect(await run('test', '--json')).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({
      rules: ['stop'],
      stories: [{ story: 'no', file: 'tests/no.json', steps: 1, passed: true, failed: [] }],
    });
    const { source, stories } = await readRulesFolder(join(shell.home, 'rules'));
    expect(Object.keys(stories)).toEqual(['tests/no.json']);
    expect(Object.keys(source.stories ?? {})).toEqual(['tests/no.json']);
  });
});

describe('test', () => {
  test('shows guardrails that hold and that do not, once', async () => {
    const well = openShell({
      home: home({ 'rules/guardrails/stop-suppresses.json': guardrail('suppress') }),
    });
    expect(await well.run('test')).toBe(0);
    expect(well.out).toContain('✓ guardrail stop-suppresses  1 callback');
    const ill = openShell({
      home: home({ 'rules/guardrails/stop-suppresses.json': guardrail('throttle') }),
    });
    expect(await ill.run('test')).toBe(1);
    expect(ill.out.slice(1)).toEqual([
      '✗ guardrail stop-suppresses  1 callback',
      expect.stringMatching(/^ {4}its callback must throttle; /),
      '1 rule, 2 examples, 1 guardrail: 2 passed, 1 failed',
    ]);
  });

  test('holds an example’s alert to what it must be', async () => {
    const [fires, quiet] = examples;
    const rule = {
      ...told,
      also_fires: [],
      examples: [{ ...fires, alert: { to: 'ops', severity: 'low' } }, quiet],
    };
    const { run, out } = openShell({
      home: folder({ 'rules/alerts.json': alerts, 'rules/told.json': rule }),
    });
    expect(await run('test')).toBe(1);
    expect(out.slice(0, 3)).toEqual([
      '✗ told  2 examples',
      expect.stringMatching(/^ {4}"stop" fires, but alerts otherwise \(rules\/told\.json:\d+\)$/),
      '      the alert is high, expected low',
    ]);
  });

  test('lists rules that fire on each other’s examples, and fails only if asked to', async () => {
    const files = { 'rules/told.json': { ...told, also_fires: [] } };
    const { run, out, err } = openShell({ home: home(files) });
    expect(await run('test')).toBe(0);
    expect(out).toContain(
      '! told also fires on examples of stop: "stop". If that is meant: "also_fires": ["stop"] in told, or ["told"] in stop',
    );
    expect(out.at(-1)).toBe('2 rules, 4 examples: 4 passed, 0 failed, 2 unexpected pairs');
    expect(await run('test', '--cross-fire')).toBe(1);
    expect(err).toEqual(['rules fire on each other’s examples, and do not say so']);
    const meant = openShell({ home: home({ 'rules/told.json': told }) });
    expect(await meant.run('test', '--cross-fire')).toBe(0);
  });

  test('shows coverage as a table, with what was never seen', async () => {
    const half = {
      ...stopRule,
      name: 'half',
      examples: examples.slice(0, 1),
      also_fires: ['stop'],
    };
    const { run, out } = openShell({ home: home({ 'rules/half.json': half }) });
    expect(await run('test', '--coverage')).toBe(0);
    expect(out.slice(2)).toEqual([
      '',
      'half  2 conditions  50  %  █████',
      expect.stringMatching(/^ {4}never false: its .* is STOP$/),
      '    never false: its direction is TO_APP',
      'stop  2 conditions  75  %  ███████▌',
      '    never false: its direction is TO_APP',
      '',
      '2 rules, 3 examples: 3 passed, 0 failed, 62 % of the conditions seen true and false',
    ]);
  });

  test.each([
    ['62', 0, []],
    ['63', 1, ['coverage is 62 %, wanted are 63 %']],
    ['7x', 2, ['threshold: expected a percentage from 0 to 100, without a sign']],
  ])('with a threshold of %s ends with %i', async (threshold, code, said) => {
    const half = {
      ...stopRule,
      name: 'half',
      examples: examples.slice(0, 1),
      also_fires: ['stop'],
    };
    const { run, err } = openShell({ home: home({ 'rules/half.json': half }) });
    expect(await run('test', '--threshold', threshold)).toBe(code);
    expect(err).toEqual(said);
  });

  test.each([
    [{ given: { atempt: 1 } }, /"given": no fact is called "atempt"/],
    [{ given: { attempt: 'two' } }, /"given": "attempt" is a number/],
  ])('says what is wrong with an example that gives %j', async (rest, words) => {
    const [fires] = examples;
    const { run, out } = openShell({
      home: home({ 'rules/stop.json': { ...stop, examples: [{ ...fires, ...rest }] } }),
    });
    expect(await run('test')).toBe(1);
    expect(out.slice(1, 3)).toEqual([
      expect.stringMatching(/^ {4}"stop" could not be run \(rules\/stop\.json:\d+\)$/),
      expect.stringMatching(words),
    ]);
  });

  test('says what is wrong with the time of an example, where it stands', async () => {
    const [fires] = examples;
    const { run, out } = openShell({
      home: home({ 'rules/stop.json': { ...stop, examples: [{ ...fires, at: 'noon' }] } }),
    });
    expect(await run('test')).toBe(1);
    expect(out[0]).toMatch(/^rules\/stop\.json:\d+:\d+ error bad-value "examples\.0\.at": /);
  });
});

describe('test --watch', () => {
  test('runs again when a file changes, shows only what is wrong, and ends with Ctrl-C', async () => {
    const enough = Promise.withResolvers<void>();
    const root = home({});
    const { run, out } = openShell({ home: root, interrupted: () => enough.promise });
    const ending = run('test', '--watch');
    const settled = () =>
      eventually(() => expect(out.at(-1)).toBe('Watching for changes. Ctrl-C ends.'));
    await settled();
    expect(out.slice(1, -1)).toEqual(['1 rule, 2 examples: 2 passed, 0 failed']);
    out.length = 0;
    writeFileSync(
      join(root, 'rules', 'stop.json'),
      JSON.stringify({ ...stop, examples: [{ ...examples[0], fires: false }] }),
    );
    await settled();
    expect(out.slice(1, 3)).toEqual([
      '✗ stop  1 example',
      '    "stop" should not fire and does (rules/stop.json:1)',
    ]);
    enough.resolve();
    expect(await ending).toBe(0);
  });

  test('is not for machines', async () => {
    const { run, err } = openShell({ home: home({}) });
    expect(await run('test', '--watch', '--json')).toBe(2);
    expect(err).toEqual(['--watch is for people: leave --json out']);
  });
});
