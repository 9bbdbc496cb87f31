import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import type { GrowthRow } from './measured.ts';

/** When the process tells what it holds. */
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
const Report = v.looseObject({
  tally: v.looseObject({ callbacks: v.number(), changed: v.number() }),
});

/** A command that reads callbacks, to be measured. */
export interface Run {
  /** Words for `signalbox`. */
  readonly words: readonly string[];
  readonly callbacks: number;
  readonly heapLimitMb: number;
}

/** `sampled` gets what the process holds, on the way. */
type Sampled = (row: GrowthRow) => void;

/**
 * Runs `signalbox replay --json` and returns how many callbacks fired a rule.
 * @throws Error as `measured`, or when a callback could not be read
 */
export async function replayMeasured(run: Run, sampled: Sampled): Promise<Measured<number>> {
  return measured(run, sampled, async (lines) => {
    let [count, fired] = [0, 0];
    for await (const line of lines) {
      const found = v.parse(Line, JSON.parse(line));
      count += 1;
      if (found.error !== undefined) throw new Error(`callback ${count}: ${found.error}`);
      if (found.fired.length > 0) fired += 1;
    }
    return { count, found: fired };
  });
}

/**
 * Runs `signalbox backtest --file --json` and returns for how many callbacks the rulebooks differ.
 * @throws Error as `measured`
 */
export async function backtestMeasured(run: Run, sampled: Sampled): Promise<Measured<number>> {
  return measured(run, sampled, async (lines) => {
    let text = '';
    for await (const line of lines) text += line;
    const { tally } = v.parse(Report, JSON.parse(text));
    return { count: tally.callbacks, found: tally.changed };
  });
}

interface Measured<T> {
  readonly rows: readonly GrowthRow[];
  readonly found: T;
}

/**
 * Runs `signalbox` in a process of its own.
 * @throws Error when it ends otherwise than with 0, as when it runs out of memory, or did not read every callback
 */
async function measured<T>(
  { words, callbacks, heapLimitMb }: Run,
  sampled: Sampled,
  read: (lines: AsyncIterable<string>) => Promise<{ readonly count: number; readonly found: T }>,
): Promise<Measured<T>> {
  const marks = PARTS.map((part) => Math.floor(part * callbacks));
  const [home, sampler] = [
    join(import.meta.dirname, '..', '..'),
    join(import.meta.dirname, 'sampler.cjs'),
  ];
  const child = spawn(
    process.execPath,
    [
      ...['--expose-gc', `--max-old-space-size=${heapLimitMb}`, '--require', sampler],
      ...[join(home, 'src', 'cli', 'main.ts'), ...words, '--json'],
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, SAMPLE_AT: marks.join(',') },
    },
  );
  const { stdout } = child;
  if (!stdout) throw new Error('the process has no output to read');
  const ended = once(child, 'close');
  const rows: GrowthRow[] = [];
  let before: Sample | undefined;
  child.on('message', (message) => {
    const sample = v.parse(Sample, message);
    const part = PARTS[marks.indexOf(sample.lines)];
    if (part !== undefined) {
      const row = rowOf(part, sample, before);
      rows.push(row);
      sampled(row);
    }
    before = sample;
  });
  const { count, found } = await read(createInterface({ input: stdout }));
  const [code] = await ended;
  if (code !== 0 || count !== callbacks)
    throw new Error(`${words[0]} ended with ${code} after ${count} of ${callbacks} callbacks`);
  return { rows, found };
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
