import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machine } from '../../bench/machine.ts';
import { countOf, type Outcome, scoreOf, summed } from '../../bench/mutation/measured.ts';
import { keep } from '../../bench/results.ts';
import type { Placed } from './copy.ts';
import { changedSince, sampleOf } from './sample.ts';
import { isWay, type Tried, tryMutants, WAYS } from './try-mutants.ts';
import { openOutcomes, openVerdicts } from './verdicts.ts';

const HELP = `npm run mutate -- [options]

  --sample N        how many mutants, spread evenly over the folders (default 1500)
  --from N          skip the first N of the sample
  --seed S          the seed of the sample (default 1)
  --changed BASE    every mutant of the lines that differ from BASE (such as main) instead
  --only FOLDER     one folder of src
  --by WAYS         some of the ways to kill: node,worker,simulation,fresh (default all)
  --minutes N       what is not tried with everything by then is not judged (default 240)
  --out FILE        write each mutant and what killed it, as JSON; those that are killed in it already
                    are not tried again
  --keep            keep the result in bench/results.md
  --list            print the mutants, and try none

All mutants are compiled into a copy of the project; a switch decides which one is active. A mutant is
killed when a test or the fault simulator fails with it, or does not end. A mutant with a verdict in
test/mutation/verdicts.json is not tried. Exit status: 0 when all others are judged and at least 85 % of
them are killed, else 1.`;

/** The share of mutants that must be killed. */
const WANTED = 0.85;

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '1500' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    changed: { type: 'string' },
    only: { type: 'string' },
    by: { type: 'string', default: WAYS.join() },
    minutes: { type: 'string', default: '240' },
    out: { type: 'string' },
    keep: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const named = ({ file, line, identity }: Placed): string => `${file}:${line} ${identity.change}`;

async function main(): Promise<number> {
  if (values.help) {
    print(HELP);
    return 0;
  }
  const from = Number(values.from);
  const seed = Number(values.seed);
  const mutants =
    values.changed === undefined
      ? sampleOf(seed, values.only).slice(from, from + Number(values.sample))
      : changedSince(values.changed);
  if (values.list) {
    for (const mutant of mutants) print(named(mutant));
    return 0;
  }
  const outcomes = await tryAll(mutants);
  for (const { file, line, change, killer, verdict, unjudged } of outcomes)
    if (!killer && verdict === undefined)
      print(`${unjudged ? 'NOT JUDGED' : 'SURVIVED'} ${file}:${line} ${change}`);
  const result = summed(seed, waysOf(values.by), outcomes);
  if (values.keep) await keep('mutation', { machine: machine(['vitest']), mutation: result });
  const counts = countOf(outcomes);
  print(
    `mutants: ${counts.killed} of ${counts.killed + counts.survived} killed (${Math.round(scoreOf(counts) * 100)} %), ${counts.unjudged ?? 0} not judged in time, ${counts.equivalent} more change nothing that matters`,
  );
  return scoreOf(counts) >= WANTED && !counts.unjudged ? 0 : 1;
}

const waysOf = (words: string) => words.split(',').filter(isWay);

/** Tries the mutants without a verdict that were not killed in an earlier run, and returns what is known of all. */
async function tryAll(mutants: readonly Placed[]): Promise<readonly Outcome[]> {
  const verdictOf = openVerdicts();
  const earlierOf = openOutcomes(values.out ?? '');
  const known = mutants.map(({ line, identity }) => ({
    ...{ line, ...identity },
    verdict: verdictOf(identity)?.why,
    killer: earlierOf(identity)?.killer,
  }));
  const outcomesWith = ({ killers, unjudged }: Tried): readonly Outcome[] =>
    known.map((one, id) => ({
      ...one,
      killer: one.killer ?? killers.get(id) ?? undefined,
      unjudged: unjudged.has(id) || undefined,
    }));
  // The number of a mutant is its place; a copy has only those that are tried.
  const tried = mutants
    .map((mutant, id) => ({ ...mutant, id }))
    .filter(({ id }) => known[id]?.verdict === undefined && known[id]?.killer === undefined);
  if (tried.length === 0) return known;
  const found = await tryMutants(tried, {
    ways: waysOf(values.by),
    minutes: Number(values.minutes),
    tell(text, found) {
      print(text);
      if (values.out) writeFileSync(values.out, JSON.stringify(outcomesWith(found), undefined, 1));
    },
  });
  return outcomesWith(found);
}

process.exitCode = await main();
