import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { figure } from './decide/table.ts';
import { writeCallbacks } from './growth/callbacks.ts';
import type { GrowthRow } from './growth/measured.ts';
import { growthRules, withChanges, writeRules } from './growth/rules.ts';
import { backtestMeasured, replayMeasured } from './growth/run.ts';
import { machine, machineLine } from './machine.ts';
import { keep } from './results.ts';

/**
 * `npm run bench:growth`: a million callbacks of three hundred thousand people replayed through 10,000 rules, then backtested
 * by them and by as many changed ones, and what each process holds on the way. Its heap is kept small, so that whatever
 * grows ends it.
 */
const [MANY, MILLION] = [10_000, 1_000_000];
const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: String(MANY) },
    callbacks: { type: 'string', default: String(MILLION) },
    heap: { type: 'string', default: '256' },
    rate: { type: 'string' },
  },
});
const [rules, callbacks, heapLimitMb] = [
  Number(values.rules),
  Number(values.callbacks),
  Number(values.heap),
];
const people = Math.ceil(callbacks * 0.3);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const here = machine(['json-rules-engine', 'valibot']);
say(machineLine(here));
const folder = await mkdtemp(join(tmpdir(), 'signalbox-growth-'));
try {
  const [file, rulesFolder] = [join(folder, 'day.ndjson'), join(folder, 'rules')];
  const changed = join(folder, 'changed');
  const ruleFiles = growthRules(rules);
  await writeRules(rulesFolder, ruleFiles);
  await writeRules(changed, withChanges(ruleFiles));
  await writeCallbacks(file, { callbacks, people, apps: Math.ceil(rules / 10) });
  const sampled = (row: GrowthRow): void =>
    say(
      `${Math.round(row.part * 100)} %: heap ${figure(row.heapMb)} MB, resident ${figure(row.rssMb)} MB, ${figure(row.perSecond)} callbacks/s`,
    );
  const rate = values.rate === undefined ? [] : ['--rate', values.rate];
  say('replay');
  const replay = { words: ['replay', file, '--rules', rulesFolder, ...rate], callbacks };
  const { rows, found: fired } = await replayMeasured({ ...replay, heapLimitMb }, sampled);
  say('backtest');
  const words = ['backtest', '--file', file, '--rules', changed, '--against', rulesFolder];
  const backtest = await backtestMeasured({ words, callbacks, heapLimitMb }, sampled);
  const whole = callbacks >= MILLION && rules >= MANY;
  if (whole)
    await keep('growth', {
      machine: here,
      growth: {
        ...{ rules, callbacks, people, heapLimitMb, fired, rows },
        backtest: { changed: backtest.found, rows: backtest.rows },
      },
    });
  say(whole ? 'bench/results.md is written.' : 'Only a try: no results are written.');
} finally {
  await rm(folder, { recursive: true, force: true });
}
