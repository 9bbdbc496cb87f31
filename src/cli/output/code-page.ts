import { AppError } from '../../errors.ts';
import { closest } from '../../rules/model/closest.ts';
import { CODES, codeWords } from '../../rules/model/finding-codes.ts';
import type { ExitCode } from '../command.ts';
import type { Shell } from '../shell.ts';

/** Says what a finding means. @throws AppError `bad_request` for a code that is none, with the one that was probably meant */
export function explainCode(code: string, shell: Shell): ExitCode {
  const words = codeWords(code);
  if (!words) {
    const hint = closest(code, Object.keys(CODES)) ?? 'docs/reference/findings.md lists them all';
    throw new AppError('bad_request', `no finding is called "${code}": ${hint}`);
  }
  shell.out(code);
  shell.out(`  ${words.means}`);
  shell.out(`  ${words.cure}`);
  return 0;
}
