import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { triggers } from '../../src/callbacks/triggers/index.ts';
import { folder, openShell } from '../cli/shell.ts';

const RULES = join(import.meta.dirname, '../../rules');

test('a new rule that raises an alert for every callback breaks no shipped story', async () => {
  const root = folder({});
  cpSync(RULES, join(root, 'rules'), { recursive: true });
  const { run, out } = openShell({ here: root });
  expect(await run('test', '--rules', 'rules', '--json')).toBe(0);
  const before: { stories: { story: string; passed: boolean }[] } = JSON.parse(out[0] ?? '');
  writeFileSync(
    join(root, 'rules', 'everything.json'),
    JSON.stringify({
      name: 'everything',
      why: 'A new rule of an author.',
      owner: 'messaging-ops',
      on: triggers.map(({ name }) => name),
      when: { fact: 'trigger', operator: 'present' },
      then: [{ action: 'alert', params: { severity: 'critical', title: 'Something came' } }],
    }),
  );
  out.length = 0;
  await run('test', '--rules', 'rules', '--json');
  const after: typeof before = JSON.parse(out[0] ?? '');
  expect(after.stories.length).toBeGreaterThan(0);
  expect(after.stories.filter(({ passed }) => !passed)).toEqual([]);
  expect(after.stories.map(({ story }) => story)).toEqual(before.stories.map(({ story }) => story));
});
