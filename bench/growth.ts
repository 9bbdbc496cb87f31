import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { figure } from './decide/table.ts';
import { writeCallbacks } from './growth/callbacks.ts';
import { growthRules, writeRules } from './growth/rules.ts';
import { replayMeasured } from './growth/run.ts';
import { machine, machineLine } from './machine.ts';
import { keep } from './results.ts';

/**
 * `npm run bench:growth`: a million callbacks of three hundred thousand people replayed through 10,000 rules, and what the
 * replay holds on the way. Its heap is kept small, so that whatever grows ends it.
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
  await writeRules(rulesFolder, growthRules(rules));
  await writeCallbacks(file, { callbacks, people, apps: Math.ceil(rules / 10) });
  const run = { rules: rulesFolder, file, callbacks, heapLimitMb, rate: values.rate };
  const { rows, fired } = await replayMeasured(run, (row) =>
    say(
      `${Math.round(row.part * 100)} %: heap ${figure(row.heapMb)} MB, resident ${figure(row.rssMb)} MB, ${figure(row.perSecond)} callbacks/s`,
    ),
  );
  const whole = callbacks >= MILLION && rules >= MANY;
  if (whole)
    await keep('growth', {
      machine: here,
      growth: { rules, callbacks, people, heapLimitMb, fired, rows },
    });
  say(whole ? 'bench/results.md is written.' : 'Only a try: no results are written.');
} finally {
  await rm(folder, { recursive: true, force: true });
}
