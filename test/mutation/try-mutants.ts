import { globSync } from 'node:fs';
import { type Chosen, openCopy, PROJECT } from './copy.ts';
import { type Told, tryEachTest } from './each-test.ts';
import { type Task, tryOneByOne } from './one-by-one.ts';
import { isSlow, readRelatedTests } from './related-tests.ts';

/** How a mutant was killed, and by what; `null`: by nothing. */
export type Killers = ReadonlyMap<number, Killer | null>;

export interface Killer {
  readonly by: Way;
  readonly what: string;
}

/**
 * `node`, `worker`: a test that runs it in an instance that is already there; `simulation`: the fault
 * simulator; `fresh`: a test in an instance in which it is there from the start.
 */
export type Way = 'node' | 'worker' | 'simulation' | 'fresh';

/** How the time is shared: each way may take so much of what is left. */
const SHARES: Readonly<Record<Way, number>> = { node: 0.4, simulation: 0.4, worker: 0.8, fresh: 1 };
/** How many test files a mutant is tried with from the start. */
const NEAREST = { node: 4, worker: 2 } as const;
/** Folders whose code every test in workerd runs: of their mutants only those that Node does not reach are tried there. */
const PURE = /^src\/(rules|callbacks)\//;
/** Tests in workerd that need an instance of their own, or that take long. */
const NOT_WORKER = /\/prove\/|record-state|real-queue|storage-table/;

/**
 * Tries mutants in a copy of the project: with the tests of Node, with the fault simulator,
 * with the tests in workerd, and what is left and is active while modules are loaded in fresh instances.
 * @param tell called after each step, with what is known by then
 * @param minutes how long it may take: then what is not killed counts as survived
 */
export async function tryMutants(
  mutants: readonly Chosen[],
  minutes: number,
  tell: (text: string, found: Killers) => void,
): Promise<Killers> {
  const killers = new Map<number, Killer | null>(mutants.map(({ id }) => [id, null]));
  const until = Date.now() + minutes * 60_000;
  const limitOf = (way: Way): number => Math.max(0, (until - Date.now()) * SHARES[way]);
  const alive = (): readonly Chosen[] => mutants.filter(({ id }) => killers.get(id) === null);
  const copy = openCopy(mutants);
  const { root } = copy;
  function credit(by: Way, found: ReadonlyMap<number, string | null>): void {
    for (const [id, what] of found) if (what !== null) killers.set(id, { by, what });
    tell(`${by}: ${mutants.length - alive().length} of ${mutants.length} killed`, killers);
  }
  tell(`tried in ${root}`, killers);

  const nodeFiles = globSync('test/**/*.test.ts', { cwd: PROJECT }).filter(
    (file) => !file.startsWith('test/worker/') && !isSlow(file) && !NOT_NODE.test(file),
  );
  const ids = (some: readonly Chosen[]): readonly number[] => some.map(({ id }) => id);
  const byNode = await tryEachTest(root, 'node', nodeFiles, ids(mutants), limitOf('node'));
  credit('node', byNode.killers);

  const simulated: readonly Task[] = alive().map(({ id }) => ({ id, files: [] }));
  credit('simulation', await tryOneByOne(root, 'simulated.ts', simulated, limitOf('simulation')));

  const workerFiles = globSync('test/worker/**/*.test.ts', { cwd: PROJECT }).filter(
    (file) => !NOT_WORKER.test(file),
  );
  const forWorker = alive().filter(({ id, file }) => !PURE.test(file) || !byNode.reachedBy.has(id));
  const byWorker = await tryEachTest(
    ...([root, 'worker', workerFiles, ids(forWorker), limitOf('worker')] as const),
  );
  credit('worker', byWorker.killers);

  for (const project of ['node', 'worker'] as const) {
    const tasks = freshTasks(alive(), project, { node: byNode, worker: byWorker });
    const env = { MUTATION_PROJECT: project };
    const limit = limitOf('fresh') * (project === 'node' ? 0.5 : 1);
    credit('fresh', await tryOneByOne(root, 'fresh-tests.ts', tasks, limit, env));
  }
  if (alive().length === 0) copy.close();
  return killers;
}

/** Tests that start programs, or that are about other code. */
const NOT_NODE = /^test\/(upgrade|setup|bench|cli|workflows|deployment|simulator)/;

/** The mutants that are active while modules are loaded, or of which a test was not certain. */
function freshTasks(
  alive: readonly Chosen[],
  project: 'node' | 'worker',
  told: { readonly node: Told; readonly worker: Told },
): readonly Task[] {
  const related = readRelatedTests(PROJECT);
  const { loaded, unsure } = {
    loaded: new Set([...told.node.loaded, ...told.worker.loaded]),
    unsure: new Set([...told.node.unsure, ...told.worker.unsure]),
  };
  return alive
    .filter(({ id }) => loaded.has(id) || unsure.has(id))
    .map(({ id, file }) => {
      const reaching = [...(told[project].reachedBy.get(id) ?? [])];
      const near = related.of(file)[project].filter((name) => !NOT_WORKER.test(name));
      const files = [...new Set([...near.slice(0, 2), ...reaching, ...near])];
      return { id, files: files.slice(0, NEAREST[project]) };
    })
    .filter(({ files }) => files.length > 0);
}
