import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';

/** How often it is looked whether a process still records something (ms). */
const LOOK = 2_000;

/** A process that records what it does in a file, a JSON value a line. */
export interface Watched {
  readonly root: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly record: string;
  /** A process that records nothing for so long has a loop that does not end (ms). */
  readonly patience: number;
  /** It is stopped after so long: what it has recorded counts (ms). */
  readonly limit: number;
  /** Where its output goes. */
  readonly log: string;
}

/** Runs a program of Node until it ends, records nothing more, or has had its time. */
export async function runWatched(given: Watched): Promise<'ended' | 'hung' | 'stopped'> {
  const { root, args, env, record, patience, limit, log } = given;
  writeFileSync(record, '');
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => void output.push(part));
  let how: 'ended' | 'hung' | 'stopped' = 'ended';
  const begun = Date.now();
  let [size, since] = [0, begun];
  const timer = setInterval(() => {
    const now = existsSync(record) ? statSync(record).size : 0;
    if (now !== size) [size, since] = [now, Date.now()];
    const isLate = Date.now() - begun > limit;
    if ((Date.now() - since < patience && !isLate) || child.pid === undefined) return;
    how = isLate ? 'stopped' : 'hung';
    // Its own children, as workerd, are in its group.
    process.kill(-child.pid, 'SIGKILL');
  }, LOOK);
  await new Promise<void>((resolve) => child.once('close', () => resolve()));
  clearInterval(timer);
  writeFileSync(log, Buffer.concat(output));
  return how;
}

/** Returns the lines of a record. */
export const readRecord = <T>(record: string): readonly T[] =>
  readFileSync(record, 'utf8')
    .split('\n')
    // The last line of a process that was ended may be cut.
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as T); // written by our own programs
