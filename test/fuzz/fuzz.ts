import fc from 'fast-check';
import { enter } from '../../src/simulator/world/globals.ts';
import { loadProduct } from '../simulation/load-product.ts';
import { elapsed, openScript, print } from '../simulation/script.ts';
import { hearConsole, openBench } from './bench.ts';
import { callbacks, headers } from './targets/callbacks.ts';
import { imports } from './targets/imports.ts';
import { operationTarget } from './targets/operations.ts';
import { rulebooks, ruleFiles, sources } from './targets/rules.ts';
import type { Target } from './targets/target.ts';

const HELP = `npm run fuzz -- [options]

  --runs N        how many inputs (default 1000)
  --seed S        the seed of all inputs (default 1)
  --only NAME     one target: "callbacks", "headers", "rule files", "rulebooks that are none",
                  "PUT /v1/rulebooks", "operations" or "imports"
  --json          print one JSON object: runs, seed, seconds, heap_mb, statuses, faults

Exit status: 0 when nothing is wrong, 1 when something is, 2 for bad usage.`;

/** How many inputs one Worker gets before the next one begins with empty stores. */
const BATCH = 200;
/** How much the heap may grow between the first Worker and the last, in MB. */
const MAX_GROWTH = 64;
/** Shrinking ends after so many tries: an input is tried on a Worker that has had others. */
const TRIES = 60;

/** Something wrong, with the input that showed it. */
interface Fault {
  readonly target: string;
  readonly seed: number;
  readonly problems: readonly string[];
  readonly input: string;
}

/** Raised inside a property, so that fast-check shrinks the input. */
class Found extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

const script = openScript(HELP, {
  runs: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});
const { values, numberOf } = script;

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

async function main(): Promise<number> {
  if (values.help) {
    print(HELP);
    return 0;
  }
  const runs = numberOf(values.runs, '--runs');
  const seed = numberOf(values.seed, '--seed');
  const all = [callbacks, headers, ruleFiles, sources, rulebooks, await operationTarget(), imports];
  const targets = all.filter(({ name }) => values.only === undefined || name === values.only);
  if (targets.length === 0) script.misused(`--only: there is no target "${values.only}"`);
  const product = await loadProduct();
  hearConsole();
  const begun = elapsed();
  const faults: Fault[] = [];
  const statuses: Record<number, number> = {};
  let [done, first, last] = [0, 0, 0];
  for (let batch = 0; done < runs; batch++) {
    const size = Math.min(BATCH, runs - done);
    const bench = openBench(product, seed * 100_000 + batch);
    try {
      for (const [target, count] of sharesOf(targets, size))
        faults.push(...(await runTarget(target, count, seed * 100_000 + batch, bench)));
      const problems = await bench.settle();
      if (problems.length > 0)
        faults.push({ target: 'queues', seed: batch, problems, input: `batch ${batch}` });
    } finally {
      enter(undefined);
    }
    for (const [status, count] of bench.statuses)
      statuses[status] = (statuses[status] ?? 0) + count;
    done += size;
    last = heap();
    // The first Workers fill caches that stay.
    if (batch < 3) first = last;
    if (batch % 10 === 9) process.stderr.write(`${done} of ${runs}\n`);
  }
  if (globalThis.gc && last - first > MAX_GROWTH)
    faults.push({
      ...{ target: 'memory', seed, input: '' },
      problems: [`the heap grew from ${Math.round(first)} to ${Math.round(last)} MB`],
    });
  const seconds = Math.round((elapsed() - begun) / 10) / 100;
  const heapMb = [Math.round(first), Math.round(last)];
  if (values.json)
    print(JSON.stringify({ runs: done, seed, seconds, heap_mb: heapMb, statuses, faults }));
  else {
    for (const { target, problems, input } of faults)
      print(`${target}: ${problems.join('; ')}\n  ${input.slice(0, 2_000)}\n`);
    print(
      `fuzz: ${done} inputs of seed ${seed} in ${seconds} s, heap ${heapMb.join(' to ')} MB, statuses ${JSON.stringify(statuses)}: ${faults.length} faults`,
    );
  }
  return faults.length > 0 ? 1 : 0;
}

/** Divides the inputs of a batch among the targets by their shares. */
function sharesOf(
  targets: readonly Target[],
  size: number,
): readonly (readonly [Target, number])[] {
  const whole = targets.reduce((sum, { share }) => sum + share, 0);
  let [before, given] = [0, 0];
  return targets.map((target) => {
    before += target.share;
    const until = Math.round((size * before) / whole);
    const count = until - given;
    given = until;
    return [target, count] as const;
  });
}

async function runTarget(
  target: Target,
  count: number,
  seed: number,
  bench: ReturnType<typeof openBench>,
): Promise<readonly Fault[]> {
  if (count === 0) return [];
  let tries = 0;
  let found: { readonly problems: readonly string[]; readonly input: unknown } | undefined;
  const property = fc.asyncProperty(target.inputs, async (input) => {
    if (found && ++tries > TRIES) return;
    const problems = await target.run(input, bench);
    if (problems.length === 0) return;
    found = { problems, input };
    throw new Found(problems);
  });
  await fc.check(property, { seed, numRuns: count });
  if (!found) return [];
  return [{ target: target.name, seed, problems: found.problems, input: shown(found.input) }];
}

/** An input as text; bytes as what they spell. */
const shown = (input: unknown): string =>
  JSON.stringify(input, (_, value) =>
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  ) ?? String(input);

process.exitCode = await main();
