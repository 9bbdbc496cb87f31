import { describe, expect, test } from 'vitest';
import { alerts, folder, openShell, stopRule } from './shell.ts';

const pretty = (value: object): string => JSON.stringify(value, null, 2);
const rules = (file: string) => ({ 'rules/alerts.json': alerts, 'rules/stop.json': file });

/** Checks a folder that holds this one rule, written so. */
async function check(rule: string, ...words: string[]) {
  const shell = openShell({ home: folder(rules(rule)) });
  const code = await shell.run('check', ...words);
  return { code, ...shell };
}

describe('check', () => {
  test('finds nothing in the rules that ship', async () => {
    const { run, out } = openShell();
    expect(await run('check')).toBe(0);
    expect(out).toEqual([expect.stringMatching(/^\d+ rules, \d+ lists, \d+ shared conditions: 0 errors, 0 warnings$/)]);
  });

  test.each([
    [
      'a fact that does not exist',
      pretty(stopRule).replace('"keyword"', '"keywrd"'),
      /^rules\/stop\.json:11:17 error unknown-fact .*"keywrd".*: did you mean "keyword"\?$/,
    ],
    [
      'a key that does not exist, at the key',
      pretty(stopRule).replace('"owner"', '"enabld": true,\n  "owner"'),
      /^rules\/stop\.json:4:3 error unknown-key unknown key "enabld": did you mean "enabled"\?$/,
    ],
    [
      'a key that is missing, at the object it belongs into',
      pretty({ ...stopRule, owner: undefined }),
      /^rules\/stop\.json:1:1 error missing-key "owner" is missing$/,
    ],
    [
      'a name that is not the file’s',
      pretty({ ...stopRule, name: 'halt' }),
      /^rules\/stop\.json:2:11 error file-name .*: rename the file to "halt\.json"/,
    ],
    [
      'a trailing comma',
      '{\n  "name": "stop",\n}',
      /^rules\/stop\.json:3:1 error not-json a trailing comma before this: JSON allows none$/,
    ],
    [
      'a key that is written twice',
      pretty(stopRule).replace('"owner"', '"why": "Again.",\n  "owner"'),
      /^rules\/stop\.json:4:3 error duplicate-key the key "why" stands here twice$/,
    ],
    ['an empty file', '', /^rules\/stop\.json:1:1 error not-json the file is empty$/],
  ])('names %s', async (_, rule, line) => {
    const { code, out } = await check(rule);
    expect(code).toBe(1);
    expect(out[0]).toMatch(line);
    expect(out.at(-1)).toMatch(/: 1 error, 0 warnings$/);
  });

  test('takes warnings for no failure', async () => {
    const rule = { ...stopRule, when: { fact: 'channel', operator: 'equal', value: 'PIGEON' } };
    const { code, out } = await check(pretty(rule));
    expect(out.at(-1)).toMatch(/: 0 errors, [1-9] warnings?$/);
    expect(code).toBe(0);
  });

  test('gives findings as JSON', async () => {
    const { code, out } = await check(pretty(stopRule).replace('"keyword"', '"keywrd"'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out.join(''))).toEqual({
      findings: [
        {
          file: 'rules/stop.json',
          line: 11,
          column: 17,
          severity: 'error',
          code: 'unknown-fact',
          message: expect.any(String),
          hint: 'did you mean "keyword"?',
        },
      ],
    });
  });

  test.each([
    [
      'is missing',
      { 'rules/stop.json': stopRule },
      'rules/alerts.json:1:1 error missing-file the file is missing: it says where alerts go',
    ],
    [
      'names no type that exists',
      { 'rules/alerts.json': pretty({ ...alerts, destinations: { ops: { type: 'pigeon' } } }) },
      /^rules\/alerts\.json:4:15 error bad-value /,
    ],
    [
      'has a default that is none of its destinations',
      { 'rules/alerts.json': pretty({ ...alerts, default: 'nobody' }) },
      /^rules\/alerts\.json:1:1 error bad-value .*default/,
    ],
  ])('says so when alerts.json %s', async (_, files, line) => {
    const { run, out } = openShell({ home: folder(files) });
    expect(await run('check')).toBe(1);
    expect(out[0]).toMatch(line);
  });

  test('shows mistakes in lists and shared conditions in their own files', async () => {
    const home = folder({
      ...rules(pretty(stopRule)),
      'rules/lists/words.json': { name: 'words', why: 'Words.', values: 'STOP' },
      'rules/conditions/mine.json': { name: 'yours', why: 'Mine.', when: { fact: 'channel', operator: 'present' } },
    });
    const { run, out } = openShell({ home });
    expect(await run('check')).toBe(1);
    expect(out.map((line) => line.replace(/:\d+:\d+ .*/, ''))).toEqual([
      'rules/conditions/mine.json',
      'rules/lists/words.json',
      expect.stringMatching(/^1 rule, 1 list, 1 shared condition: 2 errors, 0 warnings$/),
    ]);
  });

  test('checks another folder, named from where the user stands', async () => {
    const here = folder({ 'mine/alerts.json': alerts, 'mine/halt.json': { ...stopRule } });
    const { run, out } = openShell({ here });
    expect(await run('check', '--rules', 'mine')).toBe(1);
    expect(out[0]).toMatch(/^mine\/halt\.json:2:11 error file-name /);
  });

  test('names a folder that is not there', async () => {
    const { run, err } = openShell({ home: folder({}) });
    expect(await run('check')).toBe(1);
    expect(err).toEqual([expect.stringMatching(/^there is no folder .*rules to read rules from$/)]);
  });

  test('leaves files alone that are no rules', async () => {
    const home = folder({
      ...rules(pretty(stopRule)),
      'rules/rule.schema.json': {},
      'rules/README.md': '# Rules',
      'rules/guardrails/one.json': {},
    });
    const { run, out } = openShell({ home });
    expect(await run('check')).toBe(0);
    expect(out).toEqual(['1 rule, 0 lists, 0 shared conditions: 0 errors, 0 warnings']);
  });

  test('reads the project’s rules wherever the user stands', async () => {
    const { run, out } = openShell({ here: folder({}) });
    expect(await run('check')).toBe(0);
    expect(out).toHaveLength(1);
  });
});
