import { execFileSync } from 'node:child_process';

/** How many seeds a proof runs, and how many sabotages it checks. */
const SEEDS = '300';
const SABOTAGES = '5';

const program = new URL('./simulate.ts', import.meta.url).pathname;

/** Runs the simulator and gives its last line; what a failure says goes to stderr. */
function last(...options: readonly string[]): { readonly line: string; readonly failed: boolean } {
  try {
    const text = execFileSync(process.execPath, [program, ...options], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    return { line: text.trim().split('\n').at(-1) ?? '', failed: false };
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string }; // as execFileSync throws
    process.stderr.write(stdout);
    return { line: stdout.trim().split('\n').at(-1) ?? String(error), failed: true };
  }
}

const seeds = last('--seeds', SEEDS);
const found = last('--check-sabotages', '--rotate', SABOTAGES);
const failed = seeds.failed || found.failed;
process.stdout.write(`simulation ${failed ? 'FAILED' : 'passed'}: ${seeds.line}; ${found.line}\n`);
process.exitCode = failed ? 1 : 0;
