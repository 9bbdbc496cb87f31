import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contest, contest } from './decide/contest.ts';
import { engines, peers } from './decide/engines/index.ts';
import { regimesOver } from './decide/regimes/index.ts';
import { tableOf } from './decide/table.ts';
import { machine, machineLine } from './machine.ts';
import { keep } from './results.ts';

/**
 * `npm run bench`: what deciding a callback costs, beside json-rules-engine and, with `--peers`, others. Every engine has to
 * agree on every callback first; one that does not ends the run with exit code 1.
 */
const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    peers: { type: 'boolean' },
    json: { type: 'boolean' },
    regime: { type: 'string', multiple: true },
  },
});
const regimes = regimesOver(join(import.meta.dirname, '..', 'rules'));
const wanted = regimes.filter(({ name }) => values.regime?.includes(name) ?? true);
const contenders = [...engines, ...(values.peers ? peers : [])];
const say = (line: string): void =>
  void (values.json ? process.stderr : process.stdout).write(`${line}\n`);

const here = machine([
  'json-rules-engine',
  ...(values.peers ? ['json-logic-engine', '@marcbachmann/cel-js', '@gorules/zen-engine'] : []),
]);
say(machineLine(here));
const contests: Contest[] = [];
for (const regime of wanted) {
  for (const n of regime.sizes(values.full)) {
    const done = await contest(regime, n, contenders, { rounds: 15, turn: 100 });
    contests.push(done);
    say(`\n${tableOf(done, regime)}`);
  }
}
if (values.json)
  process.stdout.write(`${JSON.stringify({ rows: contests.flatMap(({ rows }) => rows) })}\n`);
if (contests.some(({ disagreements }) => disagreements.length > 0)) {
  say('\nThe engines disagree: no results are written.');
  process.exitCode = 1;
} else if (wanted.length === regimes.length) {
  await keep('decide', { machine: here, contests });
  say('\nbench/results.md is written.');
}
