import { appendFileSync } from 'node:fs';
import { loadProduct } from '../simulation/load-product.ts';
import { runSeed } from '../simulation/run.ts';
import { readTasks, type TaskRecord } from './one-by-one.ts';
import { Switch } from './trial.ts';

/** The seeds of the fault simulator that are run without a mutant. */
const SEEDS = [1, 2, 3, 4, 5, 6];
/** How many of them are tried with a mutant. */
const TRIED = 3;

// Started by `tryOneByOne`: runs seeds with each mutant, in one process.
const { tasks, record } = readTasks(process.argv[2] ?? '');
const note = (line: TaskRecord): void => appendFileSync(record, `${JSON.stringify(line)}\n`);
const chosen = new Switch().install();
const product = await loadProduct();

/** Whether the oracle objects to a seed, or the run ends with an error. */
async function isNoticed(seed: number): Promise<boolean> {
  try {
    const { violations } = await runSeed(product, { seed });
    return violations.length > 0;
  } catch {
    return true;
  }
}

const reached = new Map<number, ReadonlySet<number>>();
for (const seed of SEEDS) {
  chosen.activate(undefined);
  if (!(await isNoticed(seed))) reached.set(seed, new Set(chosen.reached()));
}

for (const { id } of tasks) {
  const seeds = [...reached].filter(([, ids]) => ids.has(id)).map(([seed]) => seed);
  note({ begins: id });
  let killer: string | null = null;
  for (const seed of seeds.slice(0, TRIED)) {
    chosen.activate(id);
    const isKilled = await isNoticed(seed);
    chosen.rest();
    if (!isKilled) continue;
    // Without it, the seed has to pass again.
    if (await isNoticed(seed)) throw new Error(`mutant ${id} left something behind`);
    killer = `fault simulation, seed ${seed}`;
    break;
  }
  note({ id, killer });
}
