import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openShell } from './cli/shell.ts';

/** The workflows to copy, and our own. */
const FILES = globSync(['examples/*.yml', '.github/workflows/*.yml']).toSorted();

/** Each command of the CLI in a workflow, by file. */
const used = FILES.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/signalbox -- ([a-z-]+)([^|\n]*)/g)].map(
    ([, command = '', words = '']) => [file, command, words] as const,
  ),
);

test('workflows use the command line', () => {
  expect(new Set(used.map(([file]) => file))).toEqual(
    new Set(FILES.filter((file) => file.startsWith('examples/'))),
  );
});

test.each(used)('%s: %s has the options that are given', async (_, command, words) => {
  const { run, out } = openShell();
  expect(await run(command, '--help')).toBe(0);
  for (const [option] of words.matchAll(/--[a-z-]+/g))
    expect(out.join('\n')).toMatch(new RegExp(`^ {2}${option}\\b`, 'm'));
});

test.each(FILES)('%s pins its actions, and limits its token', (file) => {
  const text = readFileSync(file, 'utf8');
  for (const [, action = ''] of text.matchAll(/uses: (\S+)/g)) expect(action).toMatch(/@v\d+$/);
  expect(text).toMatch(/^permissions: \{/m);
});
