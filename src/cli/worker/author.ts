import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Shell } from '../shell.ts';

/** Who changes rules: as SIGNALBOX_AUTHOR says, as git has it, or the user of this machine. */
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
