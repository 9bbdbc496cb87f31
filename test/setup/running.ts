import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

export const execute = promisify(execFile);

/** Two free ports in a row: the Worker's and the local Sinch's. */
export async function freePorts(): Promise<number> {
  const listen = (port: number) =>
    new Promise<ReturnType<typeof createServer> | undefined>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => resolve(server));
    });
  for (;;) {
    const first = await listen(0);
    const port = Number(Object(first?.address()).port);
    const second = await listen(port + 1);
    for (const server of [first, second])
      if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
    if (second) return port;
  }
}

/** A program that runs until `stop`. */
export interface Running {
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** Asks again and again until there is an answer. @throws Error after `timeout` milliseconds, with what `ask` found last */
export async function until<T>(ask: () => Promise<T | undefined>, timeout: number): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`no answer within ${timeout} ms`);
    await setTimeout(200);
  }
}

/** Starts a program in a folder and waits until `ready` holds. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  ready: (output: string) => boolean | Promise<boolean>,
): Promise<Running> {
  let output = '';
  const child: ChildProcess = spawn(program, args, {
    cwd,
    env: { ...process.env, INIT_CWD: cwd },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => {
      output += data;
    });
  const stop = async (): Promise<void> => {
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    if (child.exitCode !== null || child.pid === undefined) return;
    process.kill(-child.pid, 'SIGINT');
    await ended;
  };
  await until(
    async () => (child.exitCode !== null || (await ready(output)) ? true : undefined),
    150_000,
  );
  if (child.exitCode !== null) throw new Error(`${program} ended: ${output}`);
  return { output: () => output, stop };
}

/** A folder that `remove` deletes. */
export function scratch(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'signalbox-prometheus-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
