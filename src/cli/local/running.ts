import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Shell } from '../shell.ts';

/** The `npm start` of a folder, as it is recorded under `.wrangler/`. */
const Running = v.strictObject({
  pid: v.number(),
  url: v.string(),
  /** The folder of its databases; empty for the default. */
  state: v.string(),
});
export type Running = v.InferOutput<typeof Running>;

const fileOf = ({ home }: Pick<Shell, 'home'>): string => join(home, '.wrangler', 'running.json');

/** Returns the `npm start` that runs in this folder; undefined if none does, or if its process is gone. */
export async function readRunning(shell: Pick<Shell, 'home'>): Promise<Running | undefined> {
  const text = await readFile(fileOf(shell), 'utf8').catch(() => '');
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Running), text);
  return read.success && isAlive(read.output.pid) ? read.output : undefined;
}

/** Records the `npm start` that runs in this folder. Returns what removes the record. */
export async function recordRunning(
  running: Running,
  shell: Pick<Shell, 'home'>,
): Promise<() => Promise<void>> {
  const file = fileOf(shell);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(running)}\n`);
  return async () => {
    // Another one may have taken its place.
    if ((await readRunning(shell))?.pid === running.pid) await rm(file, { force: true });
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is alive and belongs to another user.
    return Object(error).code === 'EPERM';
  }
}
