import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bookFor, bookOf, emptyMemory } from '../src/console/worker/book.ts';
import { wholeCheck } from '../src/console/worker/check.ts';
import { ruleDetail } from '../src/console/worker/rules.ts';

/**
 * Measures the CPU time that the console needs after a keystroke in the editor of `help`: for the edited rule (its
 * findings, examples and coverage), and for the whole rulebook (findings, examples, guardrails, stories).
 */
const ROUNDS = 12;
const RULES = 'rules';
const SAMPLES = 'src/samples/callbacks';

const base = Object.fromEntries(
  ['', 'lists', 'conditions', 'guardrails', 'tests'].flatMap((folder) =>
    readdirSync(join(RULES, folder))
      .filter((file) => file.endsWith('.json') && !file.endsWith('.schema.json'))
      .map((file) => [join(folder, file), readFileSync(join(RULES, folder, file), 'utf8')]),
  ),
);
const samples = Object.fromEntries(
  readdirSync(SAMPLES).flatMap((file) => {
    try {
      return [[file.replace('.json', ''), JSON.parse(readFileSync(join(SAMPLES, file), 'utf8'))]];
    } catch {
      // One sample is unreadable on purpose.
      return [];
    }
  }),
);
const memory = Object.assign(emptyMemory(), { base, samples, now: Date.now() });
bookOf('base', memory);

/** Milliseconds of CPU time of some work. */
async function measured(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

const [rule, whole]: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  memory.changes = {
    'help.json': (base['help.json'] ?? '').replace('"owner"', `"next_step": "${round}", "owner"`),
  };
  memory.books.delete('draft');
  rule.push(
    await measured(() => ruleDetail('help', bookFor('help.json', 'draft', memory), memory)),
  );
  whole.push(await measured(() => wholeCheck(bookOf('draft', memory), memory)));
}
for (const [name, times] of [
  ['the edited rule', rule],
  ['the whole rulebook', whole],
] as const)
  console.log(
    `${name}: median ${median(times).toFixed(0)} ms of CPU time, at most ${Math.max(...times).toFixed(0)} ms`,
  );
