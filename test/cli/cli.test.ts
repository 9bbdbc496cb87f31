import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { openShell } from './shell.ts';

describe('the command line', () => {
  test.each([
    [['bogus']],
    [['check', '--bogus']],
    [['replay']],
    [['check', 'too', 'many']],
    [[]],
  ])('exits with 2 for %j', async (words) => {
    const { run, out, err } = openShell();
    expect(await run(...words)).toBe(2);
    expect(out).toEqual([]);
    expect(err).not.toEqual([]);
  });

  test('helps, and exits with 0', async () => {
    const { run, out } = openShell();
    expect(await run('--help')).toBe(0);
    for (const { name } of commands)
      expect(out.join('\n')).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  test.each(commands.map(({ name }) => name))('%s has help of its own', async (name) => {
    const { run, out } = openShell();
    expect(await run(name, '--help')).toBe(0);
    expect(out.join('\n')).toContain(`Usage: signalbox ${name}`);
  });
});
