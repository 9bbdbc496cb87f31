import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, openShell } from '../cli/shell.ts';

const RULES = join(import.meta.dirname, '../../rules');
const [, written = ''] =
  readFileSync(join(RULES, 'README.md'), 'utf8').match(
    /`tests\/stop-holds\.json`\.\n\n```json\n([\s\S]*?)```/,
  ) ?? [];

test('the story of the handbook passes on the shipped rules', async () => {
  const root = folder({});
  cpSync(RULES, join(root, 'rules'), { recursive: true });
  writeFileSync(join(root, 'rules', 'tests', 'stop-holds.json'), written);
  const { run, out } = openShell({ here: root });
  expect(await run('test', 'stop-holds', '--rules', 'rules')).toBe(0);
  expect(out).toEqual([
    '✓ story stop-holds  3 steps',
    '0 rules, 0 examples, 1 story: 1 passed, 0 failed',
  ]);
});
