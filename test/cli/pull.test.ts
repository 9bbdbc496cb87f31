import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { about, guardrail, OLD, OLD_VERSION, open } from './keeping-worker.ts';
import { alerts, stopRule } from './shell.ts';

const NAME = OLD_VERSION.slice(0, 8);
/** How a colleague wrote the file: not as `pretty` would. */
const AS_WRITTEN = `${JSON.stringify(stopRule)}\n`;
const story = { name: 'one', why: 'So.', steps: [] };
const rulebook = { ...OLD, stories: { 'tests/one.json': story } };
const published = (files: object = {}) => ({
  'GET /v1/rulebooks/in-force': {
    body: { ...about, rulebook, files: { 'stop.json': AS_WRITTEN, ...files } },
  },
});

describe('pull', () => {
  test('writes the files as they were written, removes what the version does not contain, and leaves a folder that check passes', async () => {
    const { run, out, home } = await open({
      answers: published(),
      rules: { 'rules/README.md': 'ours' },
    });
    expect(await run('pull', '--yes')).toBe(0);
    expect(out).toEqual([
      '~ rules/alerts.json changed',
      '~ rules/guardrails/stop.json changed',
      '- rules/help.json removed',
      '~ rules/stop.json changed',
      '+ rules/tests/one.json added',
      `rules is now ${NAME}: 5 files changed`,
    ]);
    const read = (file: string) => readFileSync(join(home, 'rules', file), 'utf8');
    expect(read('stop.json')).toBe(AS_WRITTEN);
    expect(JSON.parse(read('guardrails/stop.json'))).toEqual(guardrail);
    expect(JSON.parse(read('tests/one.json'))).toEqual(story);
    expect(JSON.parse(read('alerts.json'))).toEqual(alerts);
    expect(existsSync(join(home, 'rules', 'help.json'))).toBe(false);
    expect(read('README.md')).toBe('ours');
    expect(JSON.parse(read('rule.schema.json'))).toBeTypeOf('object');
    out.length = 0;
    expect(await run('pull')).toBe(0);
    expect(out).toEqual([`rules is ${NAME} already`]);
  });

  test.each([
    ['a no', async () => 'n', 1, 'Nothing was written.'],
    [
      'no terminal',
      async () => undefined,
      2,
      'there is no terminal to ask for confirmation: use --yes',
    ],
  ])('writes nothing after %s', async (_, ask, code, words) => {
    const { run, err, home } = await open({ answers: published(), ask });
    expect(await run('pull')).toBe(code);
    expect(err).toEqual([words]);
    expect(existsSync(join(home, 'rules', 'help.json'))).toBe(true);
  });

  test('--dry-run lists the files and writes none', async () => {
    const { run, out, home } = await open({ answers: published() });
    expect(await run('pull', '--dry-run', '--json')).toBe(0);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      version: OLD_VERSION,
      written: false,
      changes: expect.arrayContaining([{ file: 'help.json', change: 'removed' }]),
    });
    expect(existsSync(join(home, 'rules', 'help.json'))).toBe(true);
  });

  test('names the files whose present text git does not have', async () => {
    const { run, out, home } = await open({ answers: published() });
    const git = (...words: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], { cwd: home });
    git('init', '-q');
    git('add', 'rules/alerts.json', 'rules/guardrails');
    git('commit', '-qm', 'Some');
    expect(await run('pull', '--dry-run')).toBe(0);
    expect(out.slice(0, 3)).toEqual([
      '~ rules/alerts.json changed',
      '~ rules/guardrails/stop.json changed',
      '- rules/help.json removed (not committed: its present text is lost)',
    ]);
  });

  test('fills a folder that does not exist yet, with the version that is named', async () => {
    const { run, home, asked } = await open({
      answers: { [`GET /v1/rulebooks/${NAME}`]: { body: { ...about, rulebook } } },
    });
    expect(await run('pull', NAME, '--rules', 'elsewhere', '--yes')).toBe(0);
    expect(asked.map(({ what }) => what)).toEqual([`GET /v1/rulebooks/${NAME}`]);
    expect(existsSync(join(home, 'elsewhere', 'guardrails', 'stop.json'))).toBe(true);
  });

  test.each([
    '../stop.json',
    'lists/../../stop.json',
    '/etc/stop.json',
    'other/stop.json',
    '.json',
  ])('writes nothing when a file is called %s', async (file) => {
    const outside = { ...rulebook, rules: { ...rulebook.rules, [file]: stopRule } };
    const { run, err, home } = await open({
      answers: { 'GET /v1/rulebooks/in-force': { body: { ...about, rulebook: outside } } },
    });
    expect(await run('pull', '--yes')).toBe(1);
    expect(err).toEqual([`${file} is not the name of a rule file: nothing was written`]);
    expect(existsSync(join(home, 'rules', 'help.json'))).toBe(true);
  });
});
