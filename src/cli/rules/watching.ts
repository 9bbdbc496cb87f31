import { AppError } from '../../errors.ts';
import type { ExitCode } from '../command.ts';
import type { Shell } from '../shell.ts';
import { changesIn } from '../test/watch.ts';
import { rulesFolder } from './checked-rules.ts';

/** Moves a terminal to an empty screen. */
const CLEAR = '\u001b[2J\u001b[3J\u001b[H';

/**
 * Runs a command now and after each change of the rules folder, each time on an empty screen. Ends with 0 at Ctrl-C.
 * @throws AppError `bad_request` for `--json`, whose output is for programs
 */
export async function watching(
  { rules, json }: { readonly rules?: string | undefined; readonly json?: boolean | undefined },
  shell: Shell,
  run: () => Promise<unknown>,
): Promise<ExitCode> {
  if (json) throw new AppError('bad_request', '--watch is for people: leave --json out');
  for await (const _ of changesIn(rulesFolder(rules, shell), shell.interrupted())) {
    shell.out(CLEAR);
    try {
      await run();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      shell.err(error.message);
    }
    shell.out('Watching for changes. Ctrl-C ends.');
  }
  return 0;
}
