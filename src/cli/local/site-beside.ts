import { spawn } from 'node:child_process';
import { existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Shell } from '../shell.ts';

/**
 * Builds the documents beside a running `npm start`, if they were never built, so that they neither delay nor prevent it, and reloads the
 * Worker. Returns what ends the build.
 */
export function buildSiteBeside({
  home,
  out,
  err,
}: Pick<Shell, 'home' | 'out' | 'err'>): () => void {
  const sources = join(home, 'docs', '.vitepress', 'config.mts');
  const main = join(home, 'src', 'cli', 'main.ts');
  const built = join(home, 'public', 'docs', 'index.html');
  if (!existsSync(sources) || !existsSync(main) || existsSync(built)) return () => {};
  const child = spawn(process.execPath, [main, 'site'], { cwd: home, stdio: 'ignore' });
  let ended = false;
  child.once('error', () => {});
  child.once('close', (code) => {
    if (ended) return;
    if (code !== 0) {
      err('/docs/ could not be built: "npm run -s signalbox -- site" states why');
      return;
    }
    out('The documents are built: the Worker reloads to serve them under /docs/.');
    // wrangler lists the assets when it builds the Worker, which it does when a file in src/ changes.
    const now = new Date();
    utimesSync(join(home, 'src', 'worker.ts'), now, now);
  });
  return () => {
    ended = true;
    child.kill();
  };
}
