import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { factEntries } from '../../src/rules/model/facts.ts';
import { Rule } from '../../src/rules/model/rule.ts';
import { operatorNames } from '../../src/rules/operators/operators.ts';
import { settings } from '../../src/settings/index.ts';
import { alerts, folder, openShell, stopRule } from './shell.ts';

const REGIONS = ['rule', 'facts', 'operators', 'actions', 'settings', 'findings'];
const EMPTY = `# Mine\n\n${REGIONS.map((name) => `<!-- ${name} -->\n<!-- /${name} -->`).join('\n\n')}\n`;
const home = () =>
  folder({ 'README.md': EMPTY, 'rules/alerts.json': alerts, 'rules/stop.json': stopRule });
const read = (root: string, file: string): string => readFileSync(join(root, file), 'utf8');

/** What stands between the marks. */
const region = (text: string, name: string): string =>
  text.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? '';

describe('docs', () => {
  test('is current for what ships', async () => {
    const { run, out } = openShell();
    expect(await run('docs', '--check'), 'run "npm run -s signalbox -- docs"').toBe(0);
    expect(out).toEqual(['rules/README.md is current', 'README.md is current']);
  });

  test('draws every list into README.md and leaves the rest alone', async () => {
    const root = home();
    await openShell({ home: root }).run('docs');
    const text = read(root, 'README.md');
    expect(text).toMatch(/^# Mine\n/);
    for (const key of Object.keys(Rule.entries))
      expect(region(text, 'rule')).toContain(`| \`${key}\` |`);
    for (const { name } of factEntries())
      expect(region(text, 'facts')).toContain(`| \`${name}\` |`);
    for (const name of operatorNames()) expect(region(text, 'operators')).toContain(`\`${name}\``);
    for (const { name } of actions) expect(region(text, 'actions')).toContain(`| \`${name}\` |`);
    for (const { name } of settings) expect(region(text, 'settings')).toContain(`| \`${name}\` |`);
  });

  test('draws the rules as sentences, by owner, with their reasons', async () => {
    const root = home();
    await openShell({ home: root }).run('docs');
    expect(read(root, 'rules/README.md')).toMatch(
      /## compliance\n\n### \[stop\]\(stop\.json\)\n\nWhen .*STOP.*\.\n\n\*Why:\* They said no\.\n$/,
    );
  });

  test('says what is not current, writes nothing, and fails', async () => {
    const root = home();
    await openShell({ home: root }).run('docs');
    writeFileSync(
      join(root, 'rules/stop.json'),
      JSON.stringify({ ...stopRule, why: 'Another reason.' }),
    );
    const { run, out } = openShell({ home: root });
    expect(await run('docs', '--check')).toBe(1);
    expect(out).toEqual([
      'rules/README.md is not current: run "npm run -s signalbox -- docs"',
      'README.md is current',
    ]);
    expect(read(root, 'rules/README.md')).not.toContain('Another reason.');
  });

  test('writes only the rules of another folder', async () => {
    const here = folder({ 'mine/alerts.json': alerts, 'mine/stop.json': stopRule });
    const { run, out } = openShell({ here });
    expect(await run('docs', '--rules', 'mine')).toBe(0);
    expect(out).toEqual(['mine/README.md written']);
  });

  test('names the place that a README lacks', async () => {
    const root = folder({ 'README.md': '# Mine', 'rules/alerts.json': alerts });
    const { run, err } = openShell({ home: root });
    expect(await run('docs')).toBe(1);
    expect(err).toEqual(['README.md has no place for rule: <!-- rule --> <!-- /rule -->']);
  });
});
