import { spawn, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const PROJECT = resolve(import.meta.dirname, '..', '..');

/** A suite that is too slow for `npm test`. */
interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  /** What the machine must have; a suite without it is skipped. */
  readonly needs?: Needs;
  /** Measures times or draws in a browser: nothing runs beside it. */
  readonly alone?: boolean;
}

interface Needs {
  /** Programs of the system, any of which will do. */
  readonly programs: readonly string[];
  /** What brings them, as the message names it. */
  readonly package: string;
  /** A command of the program that succeeds where it has what the suite needs. */
  readonly check?: readonly string[];
}

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    /** How many suites run side by side. More than one needs a machine that does nothing else. */
    lanes: { type: 'string', default: '1' },
  },
});
const LANES = Number(values.lanes);

/** One worker a suite: the cores are for the lanes. */
const vitest = (...words: string[]) => ['vitest', 'run', '--maxWorkers=1', ...words];

/** The suites whose files or script exist. */
const SUITES: readonly Suite[] = [
  { name: 'properties', command: vitest('--project', 'prove', '.property.') },
  { name: 'workerd', command: vitest('--project', 'worker-prove') },
  { name: 'documents', command: vitest('--project', 'documents') },
  ...globSync('test/prove/*.test.ts', { cwd: PROJECT })
    .sort()
    .map((file) => ({
      name: file.replace(/^.*\/|\.test\.ts$/g, ''),
      command: vitest('--project', 'prove', file),
      alone: file.endsWith('/bundle.test.ts'),
    })),
  ...scripts(),
  ...folder('clients'),
  ...folder('console', {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    package: 'apt: chromium',
  }),
  ...folder('python', {
    programs: ['python3'],
    package: 'pip: sinch',
    check: ['-c', 'import sinch'],
  }),
  ...folder('prometheus', { programs: ['promtool'], package: 'apt: prometheus' }),
];

/** Suites that are npm scripts: `simulate:prove`, `fuzz:prove` and their like. */
function scripts(): readonly Suite[] {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  return Object.keys(scripts)
    .filter((name) => name.endsWith(':prove'))
    .map((name) => ({ name, command: ['npm', 'run', '-s', name] }));
}

function folder(name: string, needs?: Suite['needs']): readonly Suite[] {
  if (globSync(`test/${name}/**/*.test.ts`, { cwd: PROJECT }).length === 0) return [];
  const project = name === 'console' ? 'console' : 'prove';
  const command = vitest('--project', project, `test/${name}/`);
  return [{ name, command, alone: name === 'console', ...(needs && { needs }) }];
}

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some((path) => globSync(join(path, program)).length > 0);

const isThere = ({ programs, check }: Needs): boolean => {
  const program = programs.find(isInstalled);
  if (program === undefined) return false;
  return check === undefined || spawnSync(program, check).status === 0;
};

/**
 * Runs a suite in a lane, with a home of the tests for each lane, and prints its output when it has ended. Returns whether it passed;
 * `undefined` where it was skipped.
 */
async function run(
  { name, command: [program = '', ...words], needs }: Suite,
  lane: number,
): Promise<boolean | undefined> {
  if (needs && !isThere(needs)) {
    const wanted = [needs.programs[0], ...(needs.check?.slice(-1) ?? [])].join(', ');
    console.log(`prove ${name}: skipped, ${wanted} is missing (${needs.package})`);
    return undefined;
  }
  const started = performance.now();
  const child = spawn(program, words, {
    cwd: PROJECT,
    env: { ...process.env, SIGNALBOX_TEST_HOME: `test-home-${lane}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => output.push(data));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  process.stdout.write(Buffer.concat(output));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`prove ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  return status === 0;
}

const known = SUITES.map(({ name }) => name);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`unknown suite ${unknown.join(', ')}: expected ${known.join(', ')}`);
  process.exit(2);
}
const chosen = SUITES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const results: (boolean | undefined)[] = [];
/** Runs suites until none is left. */
async function work(suites: Suite[], lane: number): Promise<void> {
  for (let suite = suites.shift(); suite; suite = suites.shift())
    results.push(await run(suite, lane));
}
const together = chosen.filter(({ alone }) => !alone);
await Promise.all(Array.from({ length: LANES }, (_, lane) => work(together, lane)));
await work(
  chosen.filter(({ alone }) => alone),
  0,
);
const failed = results.filter((passed) => passed === false).length;
console.log(`prove: ${results.filter(Boolean).length} suites passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
