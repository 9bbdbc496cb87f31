import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProvidedContext } from 'vitest';
import type { Recorded } from './trial-reporter.ts';
import { readRecord, runWatched } from './watched.ts';

/** What `vitest.config.ts` of this folder reads. */
export interface Plan {
  readonly project: 'node' | 'worker';
  readonly each: ProvidedContext['mutation']['each'];
  readonly one?: number;
  readonly record: string;
}

/** What the tests of a project said. */
export interface Told {
  /** The test that killed each mutant. */
  readonly killers: ReadonlyMap<number, string>;
  /** The test files that reach each mutant. */
  readonly reachedBy: ReadonlyMap<number, ReadonlySet<string>>;
  /** Mutants that are reached while modules are loaded. */
  readonly loaded: ReadonlySet<number>;
  /** Mutants with which no test was certain. */
  readonly unsure: ReadonlySet<number>;
  /** Test files for which there was no time. */
  readonly left: ReadonlySet<string>;
}

/** Nothing recorded for so long: no test takes that (ms). */
const PATIENCE = 180_000;

/** The tests to run, and the mutants to try with each. */
export interface EachTest {
  readonly root: string;
  readonly project: Plan['project'];
  readonly files: readonly string[];
  readonly mutants: Plan['each'];
  /** How long it may take (ms): then it ends with what it knows. */
  readonly limit: number;
}

/**
 * Runs test files of a project, each test with each mutant that it reaches. A file in which a mutant
 * does not end is left, and the others go on.
 */
export async function tryEachTest(given: EachTest): Promise<Told> {
  const { root, project, files, mutants, limit } = given;
  const until = Date.now() + limit;
  const killers = new Map<number, string>();
  const reachedBy = new Map<number, Set<string>>();
  const [loaded, unsure] = [new Set<number>(), new Set<number>()];
  let left = files;
  for (let turn = 0; left.length > 0 && turn < 20; turn++) {
    const record = join(root, `each-${project}-${turn}.ndjson`);
    const each = mutants.filter(({ id }) => !killers.has(id));
    const plan: Plan = { project, each, record };
    const path = join(root, `each-${project}-${turn}.json`);
    writeFileSync(path, JSON.stringify(plan));
    const config = ['--config', 'test/mutation/vitest.config.ts'];
    const how = await runWatched({
      ...{ root, record, log: join(root, `each-${project}-${turn}.log`) },
      ...{ patience: PATIENCE, limit: until - Date.now() },
      args: ['node_modules/vitest/vitest.mjs', 'run', ...config, ...left],
      env: { MUTATION_PLAN: path },
    });
    const lines = readRecord<Recorded>(record);
    for (const line of lines) {
      if (!('trial' in line)) continue;
      const { trial, test, file } = line;
      for (const id of trial.killed) killers.set(id, `${file} > ${test}`);
      for (const id of trial.reached) reachedBy.set(id, (reachedBy.get(id) ?? new Set()).add(file));
      for (const id of trial.loaded) loaded.add(id);
      for (const id of trial.unsure) unsure.add(id);
    }
    left = filesLeft(left, lines, how);
    if (how === 'stopped') break;
    if (lines.length === 0) throw new Error(`${project}: no test ran; see ${root}`);
  }
  return { killers, reachedBy, loaded, unsure, left: new Set(left) };
}

/** Returns the test files that are still to run after a process recorded these lines, and ended in this way. */
export function filesLeft(
  files: readonly string[],
  lines: readonly Recorded[],
  how: Awaited<ReturnType<typeof runWatched>>,
): readonly string[] {
  const ended = new Set(lines.flatMap((line) => ('ended' in line ? [line.ended] : [])));
  const left = files.filter((file) => !ended.has(file));
  if (how === 'stopped') return left;
  const begun = lines.findLast((line) => 'file' in line)?.file;
  // A file that has begun and not ended hangs, or ended the process: it does so with a mutant, and is left out.
  const isBroken = how === 'hung' || (begun !== undefined && !ended.has(begun));
  // Files of which nothing was recorded are not of this project.
  return isBroken ? left.filter((file) => file !== begun) : [];
}
