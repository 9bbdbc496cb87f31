import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { applied, type Mutant, mutantsOf } from './mutants.ts';
import { readRelatedTests } from './related-tests.ts';

const HELP = `npm run mutate -- [options]

  --sample N        how many mutants, spread evenly over the folders (default 1500)
  --from N          skip the first N of the sample: a run that ended early continues
  --seed S          the seed of the sample (default 1)
  --changed BASE    every mutant of the lines that differ from BASE (such as main) instead
  --only FOLDER     one folder of src
  --out FILE        append one JSON line for each mutant
  --list            print the mutants, and try none

A mutant is killed when a test or the fault simulator fails with it, or does not end. It runs in a
copy of the project. Exit status: 0 when at least 85 % are killed, 1 when fewer are.`;

const PROJECT = resolve(import.meta.dirname, '..', '..');
/** The folders whose logic mutants are about. */
const FOLDERS = ['rules', 'callbacks', 'actions', 'pipeline', 'objects'] as const;
/** How many test files of each kind are tried: the nearest ones. */
const NEAREST = { node: 6, worker: 3 } as const;
/** How many seeds the fault simulator runs with a mutant. */
const SEEDS = '6';
/** A mutant whose tests take longer has a loop that does not end (ms). */
const LIMIT = 300_000;
/** The share of mutants that must be killed. */
const WANTED = 0.85;

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '1500' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    changed: { type: 'string' },
    only: { type: 'string' },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

interface Placed extends Mutant {
  readonly file: string;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const read = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');
const mutantsIn = (file: string): readonly Placed[] =>
  mutantsOf(file, read(file)).map((mutant) => ({ ...mutant, file }));

/** Returns as many mutants of each folder, in an order that the seed decides: any part of it is a sample. */
function sample(count: number, seed: number): readonly Placed[] {
  const folders = FOLDERS.filter((folder) => values.only === undefined || folder === values.only);
  const each = folders.map((folder, index) => {
    const all = globSync(`src/${folder}/**/*.ts`, { cwd: PROJECT }).sort().flatMap(mutantsIn);
    const order = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    return fc.sample(order, { seed: seed * 100 + index, numRuns: 1 })[0] ?? [];
  });
  const longest = Math.max(...each.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => each.flatMap((some) => some[at] ?? []))
    .flat()
    .slice(0, count);
}

/** Returns the mutants of the lines that a branch changes. */
function changedSince(base: string): readonly Placed[] {
  const diff = execFileSync('git', ['diff', '-U0', '--no-color', `${base}...HEAD`, '--', 'src'], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  const lines = new Map<string, Set<number>>();
  let file = '';
  for (const line of diff.split('\n')) {
    if (line.startsWith('+++ ')) file = line.slice(6);
    const [, from = '', count = '1'] = line.match(/^@@ \S+ \+(\d+)(?:,(\d+))? @@/) ?? [];
    for (let at = 0; from !== '' && at < Number(count); at++)
      lines.set(file, (lines.get(file) ?? new Set()).add(Number(from) + at));
  }
  return [...lines]
    .filter(([name]) => name.endsWith('.ts') && globSync(name, { cwd: PROJECT }).length > 0)
    .flatMap(([name, own]) => mutantsIn(name).filter(({ line }) => own.has(line)));
}

/** A copy of the project in which one file at a time is changed. */
function openCopy(): string {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-mutants-'));
  const parts = ['src', 'test', 'rules', 'public', '.wrangler', 'package.json', 'wrangler.toml'];
  const more = ['tsconfig.json', 'vitest.config.ts', 'docs', 'bin', '.dev.vars.example'];
  for (const name of [...parts, ...more])
    cpSync(join(PROJECT, name), join(root, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** Whether a command fails, or does not end. */
function fails(root: string, command: string, words: readonly string[]): boolean {
  const { status } = spawnSync(command, words, { cwd: root, stdio: 'ignore', timeout: LIMIT });
  return status !== 0;
}

/** Returns what kills a mutant, or undefined. */
function killer(
  root: string,
  file: string,
  related: ReturnType<typeof readRelatedTests>,
): string | undefined {
  const { node, worker } = related.of(file);
  const vitest = (project: string, files: readonly string[]): boolean =>
    files.length > 0 &&
    fails(root, 'npx', ['vitest', 'run', '--bail', '1', '--project', project, ...files]);
  if (vitest('node', node.slice(0, NEAREST.node))) return 'node';
  const program = join(root, 'test', 'simulation', 'simulate.ts');
  if (fails(root, process.execPath, [program, '--seeds', SEEDS, '--json'])) return 'simulation';
  return vitest('worker', worker.slice(0, NEAREST.worker)) ? 'worker' : undefined;
}

function main(): number {
  if (values.help) {
    print(HELP);
    return 0;
  }
  const chosen =
    values.changed === undefined
      ? sample(Number(values.sample), Number(values.seed)).slice(Number(values.from))
      : changedSince(values.changed);
  const named = ({ file, line, kind, before, text }: Placed): string =>
    `${file}:${line} ${kind}: ${before.replaceAll(/\s+/g, ' ').slice(0, 60)} → ${text.slice(0, 40)}`;
  if (values.list) {
    for (const mutant of chosen) print(named(mutant));
    return 0;
  }
  const root = openCopy();
  const related = readRelatedTests(PROJECT);
  let killed = 0;
  try {
    for (const [index, mutant] of chosen.entries()) {
      const source = read(mutant.file);
      writeFileSync(join(root, mutant.file), applied(source, mutant));
      const by = killer(root, mutant.file, related);
      writeFileSync(join(root, mutant.file), source);
      if (by) killed += 1;
      print(`${by ? `killed by ${by}` : 'SURVIVED'} ${named(mutant)} (${killed} of ${index + 1})`);
      if (values.out)
        appendFileSync(values.out, `${JSON.stringify({ ...mutant, by: by ?? null })}\n`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const share = chosen.length === 0 ? 1 : killed / chosen.length;
  print(`mutants: ${killed} of ${chosen.length} killed (${Math.round(share * 100)} %)`);
  return share >= WANTED ? 0 : 1;
}

process.exitCode = main();
