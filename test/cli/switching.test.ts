import { describe, expect, test } from 'vitest';
import { about, changed, helpRule, OLD, OLD_VERSION, open } from './keeping-worker.ts';

describe('looking and going back', () => {
  test('diff says what rules/ changes in the rules in force', async () => {
    const { run, out } = await open();
    expect(await run('diff')).toBe(0);
    expect(out).toEqual([
      `From ${OLD_VERSION.slice(0, 8)} (in force) to rules/:`,
      '+ rule help added',
      expect.stringMatching(/alert support \(high\)\.$/),
      '    alert title',
      '      new: Help',
    ]);
  });

  test('diff of two versions needs no folder', async () => {
    const { run, out } = await open();
    expect(await run('diff', OLD_VERSION, 'NEWVERSION0000000000000000')).toBe(0);
    expect(out).toContain('- rule stop removed');
  });

  test('describe shows what differs from a version, old beside new', async () => {
    const then = [{ action: 'alert', params: { severity: 'high', title: 'Stopped' } }];
    const { run, out } = await open({ rules: { 'rules/help.json': { ...helpRule, then } } });
    const rulebook = { ...OLD, rules: { ...OLD.rules, 'help.json': helpRule } };
    const answers = { 'GET /v1/rulebooks/in-force': { body: { ...about, rulebook } } };
    const other = await open({
      rules: { 'rules/help.json': { ...helpRule, then } },
      answers,
    });
    expect(await other.run('describe', 'help', 'stop', '--against', 'in-force')).toBe(0);
    expect(other.out.slice(3)).toEqual([
      '  alert title: “Stopped”',
      `  Since ${OLD_VERSION.slice(0, 8)} (in force):`,
      '  ~ rule help changed',
      '      the sentence stays',
      '      alert title',
      '        old: Help',
      '        new: Stopped',
      '',
      'stop (compliance)',
      expect.stringMatching(/^ {2}When /),
      expect.stringMatching(/^ {2}Why: /),
      `  Unchanged since ${OLD_VERSION.slice(0, 8)} (in force).`,
    ]);
    expect(await run('describe', 'help', '--against', 'in-force')).toBe(0);
    expect(out).toContain('  + rule help added');
  });

  test('versions marks the one in force, and tells the history', async () => {
    const { run, out } = await open();
    await run('versions');
    await run('versions', '--history');
    expect(out).toEqual([
      `→  ${OLD_VERSION.slice(0, 8)}  2026-11-20 10:00:00  published  1 rule  anna        first`,
      expect.stringMatching(/^ {3}BUNDLED0 {2}2026-11-20 10:00:00 {2}bundled/),
      '→ in force. The Worker was deployed with BUNDLED0.',
      `2026-11-20 10:00:00  activate  ${OLD_VERSION.slice(0, 8)}  anna  first  0.1.0+3f9c2a10b7de`,
    ]);
  });

  test.each([
    [['rollback'], 'POST /v1/rulebooks/rollback'],
    [['rollback', 'ABCD'], 'POST /v1/rulebooks/ABCD/activate'],
    [['activate', 'bundled'], 'POST /v1/rulebooks/bundled/activate'],
  ])('%j does it at once and says what changed', async (words, what) => {
    const { run, out, asked } = await open({ answers: { [what]: { body: changed() } } });
    expect(await run(...words, '--message', 'too loud')).toBe(0);
    expect(asked[0]).toEqual({ what, body: { author: 'bo', message: 'too loud' } });
    expect(out.slice(0, 2)).toEqual([
      `NEWVERSI is in force instead of ${OLD_VERSION.slice(0, 8)}, everywhere within 30 seconds`,
      '- rule stop removed',
    ]);
  });
});
