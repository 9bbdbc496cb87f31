import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Shell } from '../shell.ts';

/**
 * Builds the documents beside a running `npm start`, if they were never built, so that they neither delay nor prevent it. Returns what
 * ends the build.
 */
export function buildSiteBeside({ home, err }: Pick<Shell, 'home' | 'err'>): () => void {
  const sources = join(home, 'docs', '.vitepress', 'config.mts');
  const main = join(home, 'src', 'cli', 'main.ts');
  const built = join(home, 'public', 'docs', 'index.html');
  if (!existsSync(sources) || !existsSync(main) || existsSync(built)) return () => {};
  const child = spawn(process.execPath, [main, 'site'], { cwd: home, stdio: 'ignore' });
  let ended = false;
  child.once('error', () => {});
  child.once('close', (code) => {
    if (code !== 0 && !ended)
      err('/docs/ could not be built: "npm run -s signalbox -- site" states why');
  });
  return () => {
    ended = true;
    child.kill();
  };
}
