import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import type { GrowthRow } from './measured.ts';

/** When the replay tells what it holds. */
const PARTS = [0.1, 0.25, 0.5, 0.75, 1];

/** What `sampler.cjs` tells: bytes and milliseconds. */
const Sample = v.object({
  lines: v.number(),
  rss: v.number(),
  heapUsed: v.number(),
  now: v.number(),
  collecting: v.number(),
});
type Sample = v.InferOutput<typeof Sample>;
const Line = v.looseObject({
  fired: v.optional(v.array(v.unknown()), []),
  error: v.optional(v.string()),
});

/** A replay to be measured. */
export interface Run {
  readonly rules: string;
  readonly file: string;
  readonly callbacks: number;
  readonly heapLimitMb: number;
  /** At most so many a second; without, as fast as it goes. */
  readonly rate?: string | undefined;
}

/**
 * Runs `signalbox replay` in a process of its own and reads every line that it prints; `told` hears on the way what it holds.
 * @throws Error when it ends otherwise than with 0, as when it runs out of memory, or could not read a callback
 */
export async function replayMeasured(
  { rules, file, callbacks, heapLimitMb, rate }: Run,
  told: (row: GrowthRow) => void,
): Promise<{ readonly rows: readonly GrowthRow[]; readonly fired: number }> {
  const marks = PARTS.map((part) => Math.floor(part * callbacks));
  const [home, sampler] = [
    join(import.meta.dirname, '..', '..'),
    join(import.meta.dirname, 'sampler.cjs'),
  ];
  const child = spawn(
    process.execPath,
    [
      ...['--expose-gc', `--max-old-space-size=${heapLimitMb}`, '--require', sampler],
      ...[join(home, 'src', 'cli', 'main.ts'), 'replay', file, '--rules', rules, '--json'],
      ...(rate === undefined ? [] : ['--rate', rate]),
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, SAMPLE_AT: marks.join(',') },
    },
  );
  const { stdout } = child;
  if (!stdout) throw new Error('the replay has no output to read');
  const ended = once(child, 'close');
  const rows: GrowthRow[] = [];
  let before: Sample | undefined;
  child.on('message', (message) => {
    const sample = v.parse(Sample, message);
    const part = PARTS[marks.indexOf(sample.lines)];
    if (part !== undefined) {
      const row = rowOf(part, sample, before);
      rows.push(row);
      told(row);
    }
    before = sample;
  });
  let [count, fired] = [0, 0];
  for await (const line of createInterface({ input: stdout })) {
    const said = v.parse(Line, JSON.parse(line));
    count += 1;
    if (said.error !== undefined) throw new Error(`callback ${count}: ${said.error}`);
    if (said.fired.length > 0) fired += 1;
  }
  const [code] = await ended;
  if (code !== 0 || count !== callbacks)
    throw new Error(`the replay ended with ${code} after ${count} of ${callbacks} callbacks`);
  return { rows, fired };
}

function rowOf(
  part: number,
  { lines, rss, heapUsed, now, collecting }: Sample,
  before: Sample | undefined,
): GrowthRow {
  const seconds = (now - collecting - (before?.now ?? 0)) / 1_000;
  const perSecond = (lines - (before?.lines ?? 0)) / seconds;
  return { part, callbacks: lines, heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20, perSecond };
}
