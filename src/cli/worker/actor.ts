import { AppError } from '../../errors.ts';
import { Text } from '../command.ts';
import type { Shell } from '../shell.ts';
import { authorOf } from './author.ts';

/** The options of commands that change something by hand: it stays on record with who and why. */
export const HAND_OPTIONS = [
  { flags: '--why <text>', description: 'why; it stays on record' },
  { flags: '--by <name>', description: 'who (default: SIGNALBOX_AUTHOR, else as git has it)' },
] as const;

export const HAND_INPUT = { why: Text, by: Text };

/** Who does it and why. @throws AppError `bad_request` when one of them is not to be had */
export async function byWhom(
  { by, why }: { by?: string | undefined; why?: string | undefined },
  shell: Shell,
): Promise<{ by: string; why: string }> {
  const who = by ?? (await authorOf(shell));
  if (!who) throw new AppError('bad_request', 'say who you are: --by <name>');
  if (!why) throw new AppError('bad_request', 'say why: --why "…" stays on record');
  return { by: who, why };
}

/** A JSON request. */
export const sending = (method: string, body: object): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});
