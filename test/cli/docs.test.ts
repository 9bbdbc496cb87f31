import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { destinations } from '../../src/alerts/destinations/index.ts';
import { operations } from '../../src/api/index.ts';
import { triggers } from '../../src/callbacks/triggers/index.ts';
import { commands } from '../../src/cli/commands/index.ts';
import { referencePages } from '../../src/cli/docs/index.ts';
import { eventMeanings, loggedEvents } from '../../src/cli/docs/log-events-page.ts';
import { readSources } from '../../src/cli/docs/sources.ts';
import { factEntries } from '../../src/rules/model/facts.ts';
import { CODES } from '../../src/rules/model/finding-codes.ts';
import { Rule } from '../../src/rules/model/rule.ts';
import { operatorNames } from '../../src/rules/operators/index.ts';
import { settings } from '../../src/settings/index.ts';
import { alerts, folder, HOME, openShell, stopRule } from './shell.ts';

/** A project's folder with one rule; its reference is generated from the project's own source. */
function project(): string {
  const root = folder({ 'rules/alerts.json': alerts, 'rules/stop.json': stopRule });
  cpSync(join(HOME, 'wrangler.toml'), join(root, 'wrangler.toml'));
  mkdirSync(join(root, 'src'));
  return root;
}
const read = (root: string, file: string): string => readFileSync(join(root, file), 'utf8');
const reference = (name: string): string => read(HOME, `docs/reference/${name}.md`);
const names = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name);

describe('docs', () => {
  test('the reference is current', async () => {
    const { run, out } = openShell();
    expect(await run('docs', '--check'), out.join('\n')).toBe(0);
    expect(out.slice(1)).toEqual(
      referencePages.map(({ name }) => `docs/reference/${name}.md is current`),
    );
  });

  test.each([
    ['rule', Object.keys(Rule.entries)],
    ['facts', [...names(triggers), ...names(factEntries())]],
    ['operators', operatorNames()],
    ['actions', names(actions)],
    ['destinations', destinations.map(({ type }) => type)],
    ['findings', Object.keys(CODES)],
    ['settings', names(settings)],
    ['http', operations.map(({ path }) => path.replace(/\/:(\w+)/g, '/{$1}'))],
    ['commands', names(commands)],
    ['metrics', ['signalbox_dead_letters', 'signalbox_queue_waiting']],
  ])('docs/reference/%s.md lists every entry', (page, entries) => {
    expect(entries.length).toBeGreaterThan(1);
    const text = reference(page);
    expect(
      entries.filter((name) => !new RegExp(`[\`| ]${escaped(name)}[\`| ]`).test(text)),
    ).toEqual([]);
  });

  test('every logged event has a meaning, and every meaning an event', async () => {
    const sources = await readSources(HOME);
    const logged = [...loggedEvents(sources).keys()];
    expect(logged.length).toBeGreaterThan(50);
    expect(logged.toSorted()).toEqual([...eventMeanings(sources).keys()].toSorted());
  });

  test('every log line of the Worker is one object that begins with its event', async () => {
    // A LogEvent is one by its type.
    const style = /^\((\{\s*event: |ended\);|'waits' in ended \? ended\.waits : failure\);)/;
    const lines = [...(await readSources(HOME))]
      .filter(([file]) => !/^src\/(cli|simulator|console)\//.test(file))
      .flatMap(([file, text]) =>
        [...text.replace(/^ *(\/\/|\*).*$/gm, '').matchAll(/console\.\w+(\(.{0,60})/gs)].map(
          ([, rest = '']) => ({ file, rest }),
        ),
      );
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.filter(({ rest }) => !style.test(rest))).toEqual([]);
  });

  test('writes the rules as sentences, by owner, with their reasons', async () => {
    const root = project();
    await openShell({ home: root }).run('docs');
    expect(read(root, 'rules/RULES.md')).toMatch(
      /## compliance\n\n### \[stop\]\(stop\.json\)\n\nWhen .*STOP.*\.\n\n\*Why:\* They said no\.\n$/,
    );
  });

  test('an outdated RULES.md is reported, and is no failure', async () => {
    const root = project();
    await openShell({ home: root }).run('docs');
    const changed = JSON.stringify({ ...stopRule, why: 'Another reason.' });
    writeFileSync(join(root, 'rules/stop.json'), changed);
    const { run, out } = openShell({ home: root });
    expect(await run('docs', '--check')).toBe(0);
    expect(out[0]).toBe('rules/RULES.md is outdated: run "npm run -s signalbox -- docs"');
    expect(read(root, 'rules/RULES.md')).not.toContain('Another reason.');
  });

  test('an outdated page of the reference fails, and is not written', async () => {
    const root = project();
    await openShell({ home: root }).run('docs');
    writeFileSync(join(root, 'docs/reference/facts.md'), 'Old.');
    const { run, out } = openShell({ home: root });
    expect(await run('docs', '--check')).toBe(1);
    expect(out).toContain(
      'docs/reference/facts.md is outdated: run "npm run -s signalbox -- docs"',
    );
    expect(read(root, 'docs/reference/facts.md')).toBe('Old.');
  });

  test('writes only the sentences of rules in another folder', async () => {
    const here = folder({ 'mine/alerts.json': alerts, 'mine/stop.json': stopRule });
    const { run, out } = openShell({ here });
    expect(await run('docs', '--rules', 'mine')).toBe(0);
    expect(out).toEqual(['mine/RULES.md written']);
  });
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
