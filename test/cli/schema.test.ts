import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alerts, folder, openShell, stopRule } from './shell.ts';

const FILES = ['rule', 'condition', 'list', 'alerts', 'guardrail', 'story'].map(
  (kind) => `${kind}.schema.json`,
);
const said = (folder: string, what: string) => FILES.map((file) => `${folder}/${file} ${what}`);
const read = (home: string): string =>
  readFileSync(join(home, 'rules', 'rule.schema.json'), 'utf8');

describe('schema', () => {
  test('is current in the rules that ship', async () => {
    const { run, out } = openShell();
    expect(await run('schema')).toBe(0);
    expect(out).toEqual(said('rules', 'is current'));
  });

  test('knows the lists and shared conditions of its folder', async () => {
    const home = folder({
      'rules/alerts.json': alerts,
      'rules/stop.json': stopRule,
      'rules/lists/words.json': { name: 'words', why: 'Words.', values: ['STOP'] },
      'rules/conditions/mine.json': {
        name: 'mine',
        why: 'Mine.',
        when: { fact: 'channel', operator: 'present' },
      },
    });
    const { run, out } = openShell({ home });
    expect(await run('schema')).toBe(0);
    expect(await run('schema')).toBe(0);
    expect(out).toEqual([...said('rules', 'written'), ...said('rules', 'is current')]);
    const schema = JSON.parse(read(home));
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.$defs.condition.properties.condition.examples).toEqual(['mine']);
    expect(JSON.stringify(schema)).toContain('"examples":["words"]');
  });

  test.each(
    FILES,
  )('that is not current is a warning, and mended by check --fix: %s', async (file) => {
    const home = folder({
      'rules/alerts.json': alerts,
      'rules/stop.json': stopRule,
      [`rules/${file}`]: {},
    });
    const { run, out } = openShell({ home });
    expect(await run('check', '--strict')).toBe(1);
    expect(out.join()).toMatch(`rules/${file}:1:1 warning schema-not-current`);
    await run('check', '--fix');
    expect(out).toContain(`fixed rules/${file} schema-not-current: written anew`);
  });

  test('is written into the folder that is named', async () => {
    const here = folder({ 'mine/alerts.json': alerts });
    const { run, out } = openShell({ here });
    expect(await run('schema', '--rules', 'mine')).toBe(0);
    expect(out).toEqual(said('mine', 'written'));
  });
});
