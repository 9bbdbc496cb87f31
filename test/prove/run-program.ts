import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a program of the project in a process of its own, as its npm script does; `path` is relative to `test/`. */
export async function runProgram(
  path: string,
  ...options: readonly string[]
): Promise<{ code: number; text: string }> {
  const program = new URL(`../${path}`, import.meta.url).pathname;
  try {
    const { stdout } = await run(process.execPath, [program, ...options], { maxBuffer: 1e9 });
    return { code: 0, text: stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }; // as execFile rejects
    return { code, text: stdout };
  }
}
