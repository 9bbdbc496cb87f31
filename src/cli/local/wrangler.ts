import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Asks wrangler for peace: no banner, no look for updates, no telemetry, no question, no log files. */
const QUIET = {
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  NO_COLOR: '1',
};

/** How long wrangler may take to end by itself, in milliseconds. */
const GRACE = 5_000;

/** A running wrangler. */
export interface Wrangler {
  /** The exit code; resolves when it has ended, however it came to. */
  readonly ended: Promise<number>;
  /** Ends it and all that it started. */
  readonly stop: () => Promise<void>;
}

/** Starts wrangler in a folder. `hear` gets every line that it prints. */
export function startWrangler(
  args: readonly string[],
  home: string,
  hear: (line: string) => void,
): Wrangler {
  const folder = dirname(
    createRequire(join(home, 'package.json')).resolve('wrangler/package.json'),
  );
  const child = spawn(process.execPath, [join(folder, 'bin', 'wrangler.js'), ...args], {
    cwd: home,
    env: {
      ...process.env,
      ...QUIET,
      // The build command of wrangler.toml runs `node`: it must be this one, which runs TypeScript.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that nothing it started outlives it.
    detached: process.platform !== 'win32',
  });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', hear);
  const last = () => kill(child, 'SIGKILL');
  process.once('exit', last);
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
  return {
    ended,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(last, GRACE);
      await ended;
      clearTimeout(timer);
      process.removeListener('exit', last);
      last();
    },
  };
}

/** Signals the whole group; that it has ended already is what we want. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined)
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    child.kill(signal);
  }
}
