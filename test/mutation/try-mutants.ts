import { globSync } from 'node:fs';
import { type Chosen, openCopy, PROJECT } from './copy.ts';
import { type Plan, type Told, tryEachTest } from './each-test.ts';
import { type Task, tryOneByOne } from './one-by-one.ts';
import { readRelatedTests } from './related-tests.ts';

/** How a mutant was killed, and by what; `null`: by nothing. */
export type Killers = ReadonlyMap<number, Killer | null>;

/** What is known of mutants. */
export interface Tried {
  readonly killers: Killers;
  /** Those that are not killed, and that time did not suffice to try with everything. */
  readonly unjudged: ReadonlySet<number>;
}

export interface Killer {
  readonly by: Way;
  readonly what: string;
}

/**
 * `node`, `worker`: a test that runs it in an instance that is already there; `simulation`: the fault
 * simulator; `fresh`: a test in an instance in which it is there from the start.
 */
export type Way = 'node' | 'worker' | 'simulation' | 'fresh';

/** All ways, in the order in which they are gone, and how much of the time that is left each may take. */
const SHARES: Readonly<Record<Way, number>> = { node: 0.4, worker: 0.7, simulation: 0.5, fresh: 1 };

export const isWay = (name: string): name is Way => Object.hasOwn(SHARES, name);
export const WAYS: readonly Way[] = Object.keys(SHARES).filter(isWay);
/** How many test files a mutant is tried with from the start. */
const NEAREST = { node: 4, worker: 2 } as const;
/** Folders whose code every test in workerd runs: of their mutants only those that no test in Node reaches are tried there. */
const PURE = /^src\/(rules|callbacks)\//;
/** Tests in workerd that need an instance of their own, or that take long. */
const NOT_WORKER = /\/prove\/|record-state|real-queue|storage-table/;

/** How to try mutants. */
export interface Trying {
  readonly ways: readonly Way[];
  /** How long it may take. */
  readonly minutes: number;
  /** Called after each way, with what is known by then. */
  readonly tell: (text: string, found: Tried) => void;
}

/**
 * Tries mutants in a copy of the project: with the tests of Node, with those in workerd, with the fault
 * simulator, and what is left and is active while modules are loaded in fresh instances.
 */
export async function tryMutants(
  mutants: readonly Chosen[],
  { ways, minutes, tell }: Trying,
): Promise<Tried> {
  const killers = new Map<number, Killer | null>(mutants.map(({ id }) => [id, null]));
  const unfinished = new Map<Way, ReadonlySet<number>>();
  const known = (): Tried => ({
    killers,
    // A way that is still to come has judged none.
    unjudged: new Set(
      alive().flatMap(({ id }) =>
        ways.some((way) => unfinished.get(way)?.has(id) ?? true) ? [id] : [],
      ),
    ),
  });
  const until = Date.now() + minutes * 60_000;
  const alive = (): readonly Chosen[] => mutants.filter(({ id }) => killers.get(id) === null);
  const copy = openCopy(mutants);
  const { root } = copy;
  tell(`tried in ${root}`, known());
  const told: Told[] = [];
  for (const way of ways) {
    const share = way === ways.at(-1) ? 1 : SHARES[way];
    const limit = Math.max(0, (until - Date.now()) * share);
    const found = await GOING[way]({ root, alive: alive(), told, limit });
    for (const [id, what] of found.killers) if (what !== null) killers.set(id, { by: way, what });
    unfinished.set(way, found.unfinished);
    tell(`${way}: ${mutants.length - alive().length} of ${mutants.length} killed`, known());
  }
  copy.close();
  return known();
}

/** What one way needs. */
interface Going {
  readonly root: string;
  readonly alive: readonly Chosen[];
  /** What the tests said so far; a way that runs tests adds to it. */
  readonly told: Told[];
  readonly limit: number;
}

/** What one way found. */
interface Went {
  readonly killers: ReadonlyMap<number, string | null>;
  /** Mutants for which it had no time. */
  readonly unfinished: ReadonlySet<number>;
}

const GOING: Readonly<Record<Way, (going: Going) => Promise<Went>>> = {
  async node({ root, alive, told, limit }) {
    const related = readRelatedTests(PROJECT);
    const nearOf = new Map(
      [...new Set(alive.map(({ file }) => file))].map((file) => [
        file,
        related.of(file).node.filter((name) => !NOT_NODE.test(name)),
      ]),
    );
    const files = [...new Set([...nearOf.values()].flat())];
    const own = await tryEachTest({
      ...{ root, project: 'node', files, limit },
      mutants: eachOf(alive),
    });
    told.push(own);
    const isLeft = (file: string): boolean =>
      (nearOf.get(file) ?? []).some((name) => own.left.has(name));
    return { killers: own.killers, unfinished: idsOf(alive.filter(({ file }) => isLeft(file))) };
  },
  async worker({ root, alive, told, limit }) {
    const files = globSync('test/worker/**/*.test.ts', { cwd: PROJECT }).filter(
      (file) => !NOT_WORKER.test(file),
    );
    const isUnreached = (id: number): boolean =>
      told.length > 0 && !told.some(({ reachedBy }) => reachedBy.has(id));
    const some = alive.filter(({ id, file }) => !PURE.test(file) || isUnreached(id));
    const own = await tryEachTest({
      ...{ root, project: 'worker', files, limit },
      mutants: eachOf(some),
    });
    told.push(own);
    // Any of them may reach any mutant: they call the Worker through bindings.
    return { killers: own.killers, unfinished: own.left.size > 0 ? idsOf(some) : new Set() };
  },
  async simulation({ root, alive, limit }) {
    const tasks = alive.map(({ id }): Task => ({ id, files: [] }));
    const killers = await tryOneByOne(root, 'simulated.ts', tasks, limit);
    return { killers, unfinished: idsOf(tasks.filter(({ id }) => !killers.has(id))) };
  },
  async fresh({ root, alive, told, limit }) {
    const killers = new Map<number, string | null>();
    const unfinished = new Set<number>();
    const until = Date.now() + limit;
    for (const project of ['node', 'worker'] as const) {
      const left = alive.filter(({ id }) => (killers.get(id) ?? null) === null);
      const tasks = freshTasks(left, project, told);
      const share = (until - Date.now()) * (project === 'node' ? 0.5 : 1);
      const env = { MUTATION_PROJECT: project };
      const own = await tryOneByOne(root, 'fresh-tests.ts', tasks, share, env);
      for (const [id, what] of own) killers.set(id, what);
      for (const { id } of tasks) if (!own.has(id)) unfinished.add(id);
    }
    return { killers, unfinished };
  },
};

const idsOf = (some: readonly { readonly id: number }[]): ReadonlySet<number> =>
  new Set(some.map(({ id }) => id));

/** What a test needs to know of mutants. */
const eachOf = (some: readonly Chosen[]): Plan['each'] =>
  some.map(({ id, file }) => ({ id, file }));

/** Tests that start programs, or that are about other code. */
const NOT_NODE = /^test\/(upgrade|setup|bench|cli|workflows|deployment|simulator)/;

/** The mutants that are active while modules are loaded, or of which a test was not certain. */
function freshTasks(
  alive: readonly Chosen[],
  project: 'node' | 'worker',
  told: readonly Told[],
): readonly Task[] {
  const related = readRelatedTests(PROJECT);
  return alive
    .filter(({ id }) => told.some(({ loaded, unsure }) => loaded.has(id) || unsure.has(id)))
    .map(({ id, file }) => {
      const near = related.of(file)[project].filter((name) => !NOT_WORKER.test(name));
      return { id, files: near.slice(0, NEAREST[project]) };
    })
    .filter(({ files }) => files.length > 0);
}
