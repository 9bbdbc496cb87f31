import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Turns off wrangler's banner, update check, telemetry, prompts and log files. */
const QUIET = {
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  NO_COLOR: '1',
};

/** Time that wrangler has to end after SIGTERM, in milliseconds. */
const GRACE = 5_000;

/** A running wrangler. */
export interface Wrangler {
  /** Resolves to the exit code when it has ended. */
  readonly ended: Promise<number>;
  /** Ends it and its child processes. */
  readonly stop: () => Promise<void>;
}

/** Starts wrangler in a folder, with variables of its own, and passes each line of its output to `hear`. */
export function startWrangler(
  args: readonly string[],
  home: string,
  hear: (line: string) => void,
  env: Readonly<Record<string, string>> = {},
): Wrangler {
  const folder = dirname(
    createRequire(join(home, 'package.json')).resolve('wrangler/package.json'),
  );
  const child = spawn(process.execPath, [join(folder, 'bin', 'wrangler.js'), ...args], {
    cwd: home,
    env: {
      ...process.env,
      ...QUIET,
      ...env,
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

/** Signals the process group, which may have ended already. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined)
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    child.kill(signal);
  }
}
