import { describe, expect, test } from 'vitest';
import { CODES } from '../../src/rules/model/finding-codes.ts';
import { check, pretty, rules, stopRule } from './check-rules.ts';
import { alerts, folder, openShell } from './shell.ts';

describe('check', () => {
  test('finds nothing in the rules that ship', async () => {
    const { run, out } = openShell();
    expect(await run('check')).toBe(0);
    expect(out).toEqual([
      expect.stringMatching(/^\d+ rules, \d+ lists, \d+ shared conditions: 0 errors, 0 warnings$/),
    ]);
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
      /^rules\/stop\.json:1:1 error missing-key "owner" is missing: add "owner"\. The team /,
    ],
    [
      'a name that is not the file’s',
      pretty({ ...stopRule, name: 'halt' }),
      /^rules\/stop\.json:2:11 error file-name .*: rename the file to "halt\.json"/,
    ],
    [
      'a trailing comma',
      pretty(stopRule).replace(/\n}$/, ',\n}'),
      /^rules\/stop\.json:\d+:4 error not-json a trailing comma: JSON allows none before } and \]$/,
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

  test('goes on behind a trailing comma: the other mistakes of the file are named, too', async () => {
    const { out } = await check(pretty({ ...stopRule, on: ['NOTHING'] }).replace(/\n}$/, ',\n}'));
    expect(out.join('\n')).toMatch(/unknown-trigger[\s\S]*not-json/);
  });

  test.each([
    ['lists', { fact: 'keyword', operator: 'says', value: { list: 'x' } }, 'broken-list the list'],
    ['conditions', { condition: 'x' }, 'broken-condition the shared condition'],
  ])('does not say of a file in %s that is no JSON that it is not there', async (room, when, words) => {
    const files = {
      ...rules(pretty({ ...stopRule, when })),
      [`rules/${room}/x.json`]: '{"name":"x" "why":"x"}',
    };
    const { run, out } = openShell({ home: folder(files) });
    expect(await run('check')).toBe(1);
    expect(out.slice(0, -1)).toEqual([
      `rules/${room}/x.json:1:12 error not-json a "," is missing here, before what follows`,
      expect.stringMatching(`^  so rules/stop.json:.* ${words} "x" has an error$`),
    ]);
  });

  test.each([
    [{ rule: 'stpp' }, 'no rule is called "stpp", so this matches nothing: did you mean "stop"?'],
    [{ rule: ['stop', 'halt-*'] }, 'no rule is called "halt-*", so this matches nothing'],
    [
      { owner: 'complience' },
      'no alert has the owner "complience", so this matches nothing: did you mean "compliance"?',
    ],
    [
      { channel: 'WHATSAP' },
      'no alert has the channel "WHATSAP", so this matches nothing: did you mean "WHATSAPP"?',
    ],
    [
      { labels: { team: 'lgal' } },
      'no rule has the label team "lgal", so this matches nothing: did you mean "legal"?',
    ],
  ])('warns of a match that no alert has: %j', async (match, message) => {
    const written = pretty({ ...stopRule, labels: { team: 'legal' } });
    for (const part of [
      { routes: [{ routes: [{ match, to: 'ops' }] }] },
      { inhibit: [{ if: { owner: 'operator', rule: 'st*' }, mutes: match }] },
    ]) {
      const { run, out } = openShell({
        home: folder({ ...rules(written), 'rules/alerts.json': { ...alerts, ...part } }),
      });
      expect(await run('check')).toBe(0);
      expect(out[0]).toMatch(/^rules\/alerts\.json:\d\d:\d+ warning matches-nothing /);
      expect(out[0]).toContain(message);
      expect(out).toHaveLength(2);
    }
  });

  test('takes warnings for no failure', async () => {
    const when = { fact: 'channel', operator: 'equal', value: 'PIGEON' };
    const { code, out } = await check(pretty({ ...stopRule, when, examples: [] }));
    expect(out.at(-1)).toMatch(/: 0 errors, [1-9] warnings?$/);
    expect(code).toBe(0);
  });

  test('takes an example that fails for a failure, also under the warning that is its cause', async () => {
    const when = { fact: 'channel', operator: 'equal', value: 'PIGEON' };
    const { code, out } = await check(pretty({ ...stopRule, when }));
    expect(out[0]).toMatch(/ error unseen-value /);
    expect(out.join('\n')).toMatch(/^ {2}so rules\/stop\.json:.* example-failed /m);
    expect(code).toBe(1);
  });

  test('takes them for failures with --strict', async () => {
    const { code } = await check(pretty({ ...stopRule, examples: [] }), '--strict');
    expect(code).toBe(1);
  });

  test('shows what is doubtful where it stands', async () => {
    const channels = ['SMS', 'MMS'].map((value) => ({ fact: 'channel', operator: 'equal', value }));
    const when = { all: [{ any: channels }, stopRule.when] };
    const { out } = await check(pretty({ ...stopRule, when }));
    expect(out[0]).toMatch(
      /^rules\/stop\.json:17:11 warning undecided-condition no example depends on this: channel is MMS: add an example/,
    );
  });

  test.each([
    [
      { action: 'alert', params: { severity: 'low', title: 'x', to: 'opps' } },
      'unknown-destination',
      'no destination is called "opps": did you mean "ops"?',
    ],
    [
      { action: 'forward', params: { to: 'nowhere' } },
      'unknown-destination',
      'no destination is called "nowhere"',
    ],
    [
      { action: 'release', params: { rule: 'stopp' } },
      'unknown-rule',
      'no rule is called "stopp": did you mean "stop"?',
    ],
  ])('refuses an action that names what is not there: %j', async (action, found, message) => {
    const { code, out } = await check(pretty({ ...stopRule, then: [action] }));
    expect(out[0]).toMatch(/^rules\/stop\.json:\d+:\d+ error /);
    expect(out[0]).toContain(`${found} ${message}`);
    expect(code).toBe(1);
  });

  test('says so when what editors complete by is not current', async () => {
    const home = folder({ ...rules(pretty(stopRule)), 'rules/rule.schema.json': {} });
    const { run, out } = openShell({ home });
    await run('check');
    expect(out[0]).toMatch(/^rules\/rule\.schema\.json:1:1 warning schema-not-current /);
  });

  test('explains a code, and names the one that was probably meant', async () => {
    const { run, out, err } = openShell();
    expect(await run('check', '--explain', 'never-fires')).toBe(0);
    expect(out).toEqual([
      'never-fires',
      `  ${CODES['never-fires'].means}`,
      `  ${CODES['never-fires'].cure}`,
    ]);
    expect(await run('check', '--explain', 'neverfires')).toBe(2);
    expect(err).toEqual(['no finding is called "neverfires": did you mean "never-fires"?']);
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
      'rules/alerts.json:1:1 error missing-file the file is missing: it defines where alerts go',
    ],
    [
      'names no type that exists',
      { 'rules/alerts.json': pretty({ ...alerts, destinations: { ops: { type: 'pigeon' } } }) },
      /^rules\/alerts\.json:4:15 error bad-value /,
    ],
    [
      'has a default that is none of its destinations',
      { 'rules/alerts.json': pretty({ ...alerts, default: 'nobody' }) },
      /^rules\/alerts\.json:10:14 error bad-value .*default/,
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
      'rules/conditions/mine.json': {
        name: 'yours',
        why: 'Mine.',
        when: { fact: 'channel', operator: 'present' },
      },
    });
    const { run, out } = openShell({ home });
    expect(await run('check')).toBe(1);
    expect(
      out.filter((line) => line.includes(' error ')).map((line) => line.split(':')[0]),
    ).toEqual(['rules/conditions/mine.json', 'rules/lists/words.json']);
    expect(out.at(-1)).toMatch(/^1 rule, 1 list, 1 shared condition: 2 errors, /);
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
      'rules/README.md': '# Rules',
      'rules/notes/one.json': {},
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
