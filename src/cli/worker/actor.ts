import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '../../errors.ts';
import { Text } from '../command.ts';
import type { Shell } from '../shell.ts';

/** Options of commands that change state by hand: actor and reason are stored with the change. */
export const ACTOR_OPTIONS = [
  { flags: '--reason <text>', description: 'the reason, stored with the change' },
  {
    flags: '--actor <name>',
    description: 'the actor (default: SIGNALBOX_AUTHOR, else git’s user.name)',
  },
] as const;

export const ACTOR_INPUT = { reason: Text, actor: Text };

/**
 * Returns actor and reason of a change.
 * @throws AppError `bad_request` if one of them is missing
 */
export async function readActor(
  { actor, reason }: { actor?: string | undefined; reason?: string | undefined },
  shell: Shell,
): Promise<{ actor: string; reason: string }> {
  const who = actor ?? (await authorOf(shell));
  if (!who) throw new AppError('bad_request', 'say who you are: --actor <name>');
  if (!reason) throw new AppError('bad_request', 'say why: --reason "…" stays on record');
  return { actor: who, reason };
}

/** Returns the init of a JSON request. */
export const jsonRequest = (method: string, body: object): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

/**
 * Returns the name of the person at the keyboard: SIGNALBOX_AUTHOR, else git's user.name, else
 * USER.
 */
export async function authorOf({
  env,
  home,
}: Pick<Shell, 'env' | 'home'>): Promise<string | undefined> {
  if (env.SIGNALBOX_AUTHOR) return env.SIGNALBOX_AUTHOR;
  const named = await promisify(execFile)('git', ['config', 'user.name'], { cwd: home }).catch(
    () => undefined,
  );
  return named?.stdout.trim() || env.USER || undefined;
}
