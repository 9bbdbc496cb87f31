import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { copyProject } from '../../test/prove/project-copy.ts';
import { buildBare, run } from '../worker/build.ts';
import type { StartupRow } from './measured.ts';

const RUNS = 7;
const wrangler = resolve(import.meta.dirname, '../../node_modules/.bin/wrangler');

/**
 * Returns how long the start of Signalbox and of the bare Hono Worker takes, by `wrangler check
 * startup`: medians of seven runs each, in turns, so that a busy machine slows down both. Signalbox
 * has the rules of `test/rulebook`. It works without a network.
 */
export async function measureStartup(): Promise<readonly [StartupRow, StartupRow]> {
  const copy = copyProject();
  const bare = await buildBare();
  try {
    await run(wrangler, ['deploy', '--dry-run', '--outdir', 'out'], copy.root);
    const own = await subject('signalbox', copy.root, 'worker.js');
    const other = await subject('bare Hono Worker', dirname(bare.config), 'bare.js');
    for (let turn = 0; turn < RUNS; turn++)
      for (const { folder, windows } of [own, other]) windows.push(await profile(folder));
    return [rowOf(own), rowOf(other)];
  } finally {
    copy.remove();
    await bare.remove();
  }
}

interface Subject {
  readonly name: string;
  readonly folder: string;
  readonly kilobytes: number;
  readonly windows: number[];
}

/** Makes the file of a Worker that `wrangler check startup` takes. */
async function subject(name: string, folder: string, script: string): Promise<Subject> {
  await run(wrangler, ['deploy', '--dry-run', '--outfile', 'worker.bundle'], folder);
  const code = await readFile(join(folder, 'out', script));
  return { name, folder, kilobytes: gzipSync(code).byteLength / 1024, windows: [] };
}

/** Returns the length of one start-up profile in milliseconds. */
async function profile(folder: string): Promise<number> {
  const words = ['--workerBundle', 'worker.bundle', '--outfile', 'startup.cpuprofile'];
  const before = Date.now();
  await run(wrangler, ['check', 'startup', ...words], folder);
  const file = join(folder, 'startup.cpuprofile');
  if ((await stat(file)).mtimeMs < before - 1_000) throw new Error('no profile was written');
  // The format of a CPU profile: times in microseconds. Source: Chrome DevTools Protocol, Profiler.Profile.
  const { startTime, endTime } = JSON.parse(await readFile(file, 'utf8'));
  return (endTime - startTime) / 1_000;
}

const rowOf = ({ name, kilobytes, windows }: Subject): StartupRow => ({
  name,
  kilobytes,
  ms: windows.toSorted((a, b) => a - b)[Math.floor(windows.length / 2)] ?? Number.NaN,
});
