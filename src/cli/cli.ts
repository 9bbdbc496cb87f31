import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { AppError, messageOf } from '../errors.ts';
import type { CliCommand } from './command.ts';
import type { Shell } from './shell.ts';
import { readBuild } from './worker/build-info.ts';

/** Runs a command line and returns the exit code: 0 success, 1 failure, 2 bad usage. */
export async function runCli(words: readonly string[], shell: Shell): Promise<number> {
  let code = 0;
  const program = new Command('signalbox')
    .description('Rules at the edge for Sinch Conversation API callbacks.')
    .usage('<command>')
    .version(await versionLine(words, shell), '--version', 'print version and commit')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => shell.out(text.trimEnd()),
      writeErr: (text) => shell.err(text.trimEnd()),
    });
  for (const command of await commandsFor(words[0])) {
    command.mount(program, shell, (result) => {
      code = result;
    });
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    shell.err(
      error instanceof AppError
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : messageOf(error),
    );
    return error instanceof AppError && error.code === 'bad_request' ? 2 : 1;
  }
}

/**
 * Returns the commands that a command line needs: the one that it names, where a file is named after it, else all of them,
 * as for help or a misspelt name. Half of the modules serve other commands, and loading them takes longer than most runs.
 */
async function commandsFor(word = ''): Promise<readonly CliCommand[]> {
  if (/^[a-z-]+$/.test(word) && existsSync(join(import.meta.dirname, 'commands', `${word}.ts`))) {
    const file: Readonly<Record<string, CliCommand>> = await import(`./commands/${word}.ts`);
    const named = Object.values(file).filter(({ name }) => name === word);
    if (named.some(({ describesAll }) => !describesAll)) return named;
  }
  const { commands } = await import('./commands/index.ts');
  return commands;
}

/** Returns `0.1.0 (commit 3f9c2a10b7de)`; git is asked only if the version is. */
async function versionLine(words: readonly string[], shell: Shell): Promise<string> {
  if (!words.includes('--version')) return '';
  const { version, commit } = await readBuild(shell);
  return `${version} (commit ${commit})`;
}
