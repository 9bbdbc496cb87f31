import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { alerts, folder, openShell } from './shell.ts';

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

  test.each(
    commands.map(({ name }) => name),
  )('%s has help, with examples that use its own options', async (name) => {
    const { run, out } = openShell();
    expect(await run(name, '--help')).toBe(0);
    const help = out.join('\n');
    expect(help).toContain(`Usage: signalbox ${name}`);
    const examples = [...help.matchAll(/^ {2}signalbox (\S+)(.*)$/gm)];
    expect(examples).not.toEqual([]);
    for (const [, command, words = ''] of examples) {
      expect(command).toBe(name);
      for (const [flag] of words.replaceAll(/"[^"]*"/g, '').matchAll(/--[a-z-]+/g))
        expect(help).toMatch(new RegExp(`^ {2}${flag}\\b`, 'm'));
    }
    expect(help).toMatch(/^ {2}--json {2,}print /m);
    expect(help).toMatch(/^Exit codes: 0 success, 1 .+, 2 bad usage\.$/m);
  });

  test('prints the lines of a command that has no data as JSON', async () => {
    const { run, out } = openShell({ home: folder({ 'rules/alerts.json': alerts }) });
    expect(await run('bundle', '--json')).toBe(0);
    expect(out.map((line) => JSON.parse(line))).toEqual([{ message: '0 rules bundled' }]);
  });

  test('prints its version', async () => {
    const { run, out } = openShell();
    expect(await run('--version')).toBe(0);
    expect(out).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+ \(commit \w+\)$/)]);
  });
});
