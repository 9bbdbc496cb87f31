import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout } from 'node:timers/promises';

// Node keeps the compiled modules in the temporary folder: a command starts a third faster. Imports run before any
// statement, so the commands are imported after it.
enableCompileCache();
const { runCli } = await import('./cli.ts');

// A closed pipe (`| head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

/** The progress is on the last line of the terminal and is erased before other output. */
let progress = '';
const ERASE = '\r\u001b[K';
function erase(): void {
  if (progress !== '') process.stderr.write(ERASE);
  progress = '';
}

const home = resolve(import.meta.dirname, '..', '..');
process.exitCode = await runCli(process.argv.slice(2), {
  out(line) {
    erase();
    process.stdout.write(`${line}\n`);
  },
  err(line) {
    erase();
    process.stderr.write(`${line}\n`);
  },
  now: Date.now,
  // Follows the variable TZ.
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  home,
  ...(process.stdout.isTTY && { width: process.stdout.columns }),
  // npm changes to the project's folder and passes the working directory in INIT_CWD.
  here: process.env.INIT_CWD ?? process.cwd(),
  env: process.env,
  interrupted: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
    }),
  progress(line) {
    if (!process.stderr.isTTY) return;
    erase();
    progress = line.slice(0, (process.stderr.columns ?? 80) - 1);
    process.stderr.write(progress);
  },
  pause: (milliseconds) => setTimeout(milliseconds),
  ask: async (question) => {
    if (!process.stdin.isTTY) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await lines.question(question);
    } finally {
      lines.close();
    }
  },
});
