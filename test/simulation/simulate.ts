import type { Product } from './house.ts';
import { loadProduct } from './load-product.ts';
import { invariants } from './oracle/index.ts';
import type { Violation } from './oracle/observed.ts';
import { type Ran, runSeed } from './run.ts';
import { sabotages } from './sabotages/index.ts';
import { type Sabotage, sabotaging } from './sabotages/sabotage.ts';
import { elapsed, openScript, print } from './script.ts';
import { shrink } from './shrink.ts';

const HELP = `npm run simulate -- [options]

  --seeds N              run N seeds (default 100)
  --from S               the first seed (default 1)
  --json                 print one JSON object: seeds, steps, faults, violations, seconds
  --seed S               print one run as a timeline
  --list-sabotages       print every protection that can be switched off, as JSON
  --sabotage NAME        run with one protection off, until a violation is found
  --check-sabotages      check that each sabotage is found within --seeds (default 200)
  --rotate N             with --check-sabotages: only N of them, others each day
  --list-invariants      print what every run is judged by

Exit status: 0 when nothing is violated, 1 when something is, 2 for bad usage.
With --check-sabotages: 0 when every sabotage is found, 1 when one is not.`;

const dayNumber = Math.floor(Date.now() / 86_400_000);

/** A violation, and the seed that led to it. */
interface Found extends Violation {
  readonly seed: number;
}

/** What a number of seeds came to. */
interface Report {
  readonly seeds: number;
  readonly steps: number;
  readonly faults: number;
  readonly violations: readonly Found[];
  readonly seconds: number;
}

const script = openScript(HELP, {
  seeds: { type: 'string' },
  from: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  seed: { type: 'string' },
  sabotage: { type: 'string' },
  rotate: { type: 'string' },
  'list-sabotages': { type: 'boolean', default: false },
  'list-invariants': { type: 'boolean', default: false },
  'check-sabotages': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
});
const { values, numberOf } = script;

async function main(): Promise<number> {
  if (values.help) return say(HELP);
  if (values['list-sabotages'])
    return say(JSON.stringify(sabotages.map(({ name, what }) => ({ name, what }))));
  if (values['list-invariants'])
    return say(JSON.stringify(invariants.map(({ name, demands }) => ({ name, demands }))));
  const sabotage = sabotages.find(({ name }) => name === values.sabotage);
  if (values.sabotage !== undefined && !sabotage)
    script.misused(`--sabotage: there is no "${values.sabotage}"; --list-sabotages names them all`);
  const from = numberOf(values.from, '--from');
  const product = await loadProduct();
  if (values['check-sabotages'])
    return checkSabotages(product, from, numberOf(values.seeds ?? '200', '--seeds'));
  if (values.seed !== undefined)
    return showSeed(product, numberOf(values.seed, '--seed'), sabotage);
  const seeds = numberOf(values.seeds ?? (sabotage ? '200' : '100'), '--seeds');
  const { report, failed } = await runSeeds(product, from, seeds, sabotage);
  if (values.json) return say(JSON.stringify(report), report.violations.length);
  if (failed) await showShrunk(product, failed, sabotage);
  return say(summaryOf(report), report.violations.length);
}

const say = (text: string, violations = 0): number => {
  print(text);
  return violations > 0 ? 1 : 0;
};

/** Runs seeds. With a sabotage it ends with the first one that notices. */
async function runSeeds(
  product: Product,
  from: number,
  seeds: number,
  sabotage?: Sabotage,
): Promise<{ readonly report: Report; readonly failed: Ran | undefined }> {
  const begun = elapsed();
  const onEnv = sabotage && sabotaging(sabotage, product.openWith);
  const violations: Found[] = [];
  let [count, steps, faults] = [0, 0, 0];
  let failed: Ran | undefined;
  for (let seed = from; seed < from + seeds; seed++) {
    const ran = await runSeed(product, { seed, onEnv });
    count += 1;
    steps += ran.steps;
    faults += ran.faults;
    violations.push(...ran.violations.map((violation) => ({ seed, ...violation })));
    if (ran.violations.length > 0) failed ??= ran;
    if (sabotage && ran.violations.length > 0 && (await isOwn(product, ran))) break;
  }
  const seconds = Math.round((elapsed() - begun) / 10) / 100;
  return { report: { seeds: count, steps, faults, violations, seconds }, failed };
}

/**
 * Whether a run is violated because of its sabotage: without it, the same seed is not violated in
 * this way.
 */
async function isOwn(product: Product, { seed, violations }: Ran): Promise<boolean> {
  const plain = await runSeed(product, { seed });
  const known = new Set(plain.violations.map(({ detail }) => detail));
  return violations.some(({ detail }) => !known.has(detail));
}

function summaryOf({ seeds, steps, faults, violations, seconds }: Report): string {
  const tried = `${seeds} seeds, ${steps} steps, ${faults} faults`;
  const pace = `${(seeds / seconds).toFixed(1)} seeds and ${Math.round(steps / seconds)} steps a second`;
  return `${tried}, ${violations.length} violations in ${seconds} s: ${pace}`;
}

async function showSeed(product: Product, seed: number, sabotage?: Sabotage): Promise<number> {
  const onEnv = sabotage && sabotaging(sabotage, product.openWith);
  const { lines, violations } = await runSeed(product, { seed, onEnv, traced: true });
  return say(lines.join('\n'), violations.length);
}

async function showShrunk(product: Product, failed: Ran, sabotage?: Sabotage): Promise<void> {
  const onEnv = sabotage && sabotaging(sabotage, product.openWith);
  const { seed, operations } = failed;
  const shrunk = await shrink(product, failed, { seed, onEnv });
  print(shrunk.lines.filter((line) => !line.endsWith(' alarm')).join('\n'));
  print(
    `\nseed ${seed}, shrunk from ${operations.length} to ${shrunk.operations.length} operations:`,
  );
  for (const { name, at } of shrunk.operations) print(`  ${Math.round(at / 1_000)} s  ${name}`);
  for (const { invariant, detail } of shrunk.violations) print(`violated: ${invariant}: ${detail}`);
  print('');
}

/** Checks that the oracle notices each protection that is missing. */
async function checkSabotages(product: Product, from: number, seeds: number): Promise<number> {
  const some = chosen(
    values.rotate === undefined ? sabotages.length : numberOf(values.rotate, '--rotate'),
  );
  let [missed, tried, steps] = [0, 0, 0];
  for (const sabotage of some) {
    const { report } = await runSeeds(product, from, seeds, sabotage);
    const first = report.violations.at(-1);
    if (!first) missed += 1;
    tried += report.seeds;
    steps += report.steps;
    print(
      first
        ? `found   ${sabotage.name.padEnd(28)} seed ${first.seed}: ${first.invariant}: ${first.detail.replaceAll('\n', ' ').slice(0, 120)}`
        : `MISSED  ${sabotage.name.padEnd(28)} in ${seeds} seeds`,
    );
  }
  print(
    `${some.length - missed} of ${some.length} sabotages found, by ${tried} seeds of ${steps} steps together`,
  );
  return missed > 0 ? 1 : 0;
}

/** Some sabotages: the next ones each day, so that all have their turn. */
function chosen(count: number): readonly Sabotage[] {
  const first = (dayNumber * count) % sabotages.length;
  return Array.from(
    { length: Math.min(count, sabotages.length) },
    (_, place) => sabotages[(first + place) % sabotages.length],
  ).filter((one) => one !== undefined);
}

process.exitCode = await main();
