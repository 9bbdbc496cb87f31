import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import type { Shell } from '../shell.ts';

/** What a run of wrangler printed, and its exit code. */
export interface WranglerResult {
  readonly code: number;
  readonly output: string;
  /** The addresses that `deploy` reports. */
  readonly targets: readonly string[];
}

export interface Wrangler {
  /** Runs wrangler without a terminal, so that it never asks. */
  readonly run: (args: readonly string[]) => Promise<WranglerResult>;
  /** Runs wrangler with the user's terminal: `login` opens a browser. */
  readonly interactive: (args: readonly string[]) => Promise<number>;
}

/** One line of `WRANGLER_OUTPUT_FILE_PATH`. Source: wrangler, "deploy" of its output file. */
const Deployed = v.looseObject({ type: v.literal('deploy'), targets: v.array(v.string()) });

/**
 * Opens wrangler: the one that `PATH` finds first, which `npm run` makes the installed one, else the one of this
 * project.
 */
export function openWrangler({ home, env }: Pick<Shell, 'home' | 'env'>): Wrangler {
  const program = findProgram([
    ...(env.PATH ?? '').split(delimiter),
    join(home, 'node_modules', '.bin'),
  ]);
  const environment = {
    ...env,
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_SEND_METRICS: 'false',
    NO_COLOR: '1',
    // The build command of wrangler.toml runs `node`: it must be this one, which runs TypeScript.
    PATH: [dirname(process.execPath), env.PATH].join(delimiter),
  };
  const start = (
    args: readonly string[],
    stdio: 'inherit' | ['ignore', 'pipe', 'pipe'],
    more: Readonly<Record<string, string>> = {},
  ): ChildProcess =>
    spawn(program, args, {
      cwd: home,
      shell: process.platform === 'win32',
      stdio,
      env: Object.assign({ ...process.env }, environment, more),
    });
  return {
    interactive: (args) =>
      new Promise((resolve, reject) => {
        const child = start(args, 'inherit');
        child.once('error', reject);
        child.once('close', (code) => resolve(code ?? 1));
      }),
    async run(args) {
      const folder = await mkdtemp(join(tmpdir(), 'signalbox-setup-'));
      const report = join(folder, 'output.ndjson');
      try {
        const ended = await collect(
          start(args, ['ignore', 'pipe', 'pipe'], { WRANGLER_OUTPUT_FILE_PATH: report }),
        );
        return { ...ended, targets: await readTargets(report, ended.output) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function findProgram(folders: readonly string[]): string {
  const name = process.platform === 'win32' ? 'wrangler.cmd' : 'wrangler';
  for (const folder of folders) {
    if (folder === '') continue;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  throw new AppError('not_configured', 'wrangler is not installed: run "npm ci"');
}

function collect(child: ChildProcess): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}

/** The addresses in the output file; an older wrangler prints them only. */
async function readTargets(report: string, output: string): Promise<readonly string[]> {
  const lines = (await readFile(report, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const found = lines.flatMap((line) => {
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Deployed), line);
    return read.success ? read.output.targets : [];
  });
  const urls = (text: string) => text.match(/https?:\/\/[^\s"']+/g) ?? [];
  const named = found.flatMap(urls);
  return named.length > 0 ? named : urls(output).filter((url) => url.includes('.workers.dev'));
}
