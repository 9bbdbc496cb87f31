import { AppError } from '../../errors.ts';
import { Text } from '../command.ts';
import type { Shell } from '../shell.ts';
import { authorOf } from './author.ts';

/** The options of commands that change something by hand: it stays on record with who and why. */
export const HAND_OPTIONS = [
  { flags: '--reason <text>', description: 'why; it stays on record' },
  { flags: '--actor <name>', description: 'who (default: SIGNALBOX_AUTHOR, else as git has it)' },
] as const;

export const HAND_INPUT = { reason: Text, actor: Text };

/** Who does it and why. @throws AppError `bad_request` when one of them is not to be had */
export async function byWhom(
  { actor, reason }: { actor?: string | undefined; reason?: string | undefined },
  shell: Shell,
): Promise<{ actor: string; reason: string }> {
  const who = actor ?? (await authorOf(shell));
  if (!who) throw new AppError('bad_request', 'say who you are: --actor <name>');
  if (!reason) throw new AppError('bad_request', 'say why: --reason "…" stays on record');
  return { actor: who, reason };
}

/** A JSON request. */
export const sending = (method: string, body: object): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});
