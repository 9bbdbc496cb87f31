import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDeployment } from '../../src/simulator/world/wrangler.ts';
import type { Built } from '../worker/build.ts';
import { SETTINGS, serve } from '../worker/serve.ts';
import { type Counted, type Counts, noCounts, plus, type Setup, type Stored } from './counts.ts';
import { timeline } from './mix.ts';

const START = Date.parse('2026-11-30T10:00:00Z');
const config = readDeployment(join(import.meta.dirname, '..', '..', 'wrangler.toml'));
const SETUP: Setup = {
  producers: config.producers,
  consumers: config.consumers,
  objects: config.objects.map(({ binding }) => binding),
  start: START,
};

/** The settings of a deployment that retries and alerts. Metrics are counted by isolates, not by callbacks. */
export const COST_SETTINGS = {
  SINCH_PROJECT_ID: 'bench-project',
  SINCH_KEY_ID: 'bench-key',
  SINCH_KEY_SECRET: 'bench-secret',
  DEST_OPS: 'https://ops.example/alerts',
  DEST_FORWARD: 'https://forward.example/callbacks',
  DEST_FORWARD_KEY: `whsec_${btoa('bench-signing-key-bench-signing-key')}`,
  EXAMPLE_SECRETS: 'allow',
  METRICS_INTERVAL: 'off',
} as const;

/** What a run came to. */
export interface Run {
  readonly callbacks: number;
  readonly counted: Counted;
  readonly stored: Stored;
  /** CPU time of the whole runtime, the objects, databases and the counting included, in milliseconds. */
  readonly cpuMs: number;
  /** What a day without callbacks costs. */
  readonly idleDay: Counts;
}

/** The CPU time of the runtimes that this process started, in milliseconds. */
export function cpuOfRuntime(): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (!stat.includes('(workerd)') || Number(fields[1]) !== process.pid) continue;
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // The process has ended.
    }
  }
  return ticks * 10;
}

/** Callbacks of a request to the counting Worker. */
const PORTION = 500;

/** Answers the callbacks of some sends in a new deployment, then lets everything grow old that these callbacks stored. */
export async function run(
  built: Built,
  journal: string,
  sends: number,
  perSecond: number,
): Promise<Run> {
  const served = await serve(built, { ...COST_SETTINGS, JOURNAL: journal });
  try {
    const post = async (path: string, body: unknown): Promise<Counted> => {
      const response = await fetch(`${served.url}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      return JSON.parse(text);
    };
    await post('/setup', SETUP);
    const all = await timeline(sends, perSecond, START + 60_000, SETTINGS.WEBHOOK_SECRETS);
    const cpu = cpuOfRuntime();
    let last: Counted | undefined;
    for (let at = 0; at < all.length; at += PORTION)
      last = await post('/run', all.slice(at, at + PORTION));
    const cpuMs = cpuOfRuntime() - cpu;
    // First what waits for a batch or a retry; then a day on which only alarms ring and crons run; then all grows old.
    const before = await post('/age', { days: 1, most: Number.MAX_SAFE_INTEGER });
    const after = await post('/age', { days: 1, most: Number.MAX_SAFE_INTEGER });
    await post('/age', { days: 20, most: Number.MAX_SAFE_INTEGER });
    const counted = await post('/age', { days: 400, most: 3_000 });
    const { stored = { objects: 0, d1: 0, r2: 0 } } = last ?? {};
    const idleDay = plus(sumOf(after), sumOf(before), -1);
    return { callbacks: all.length, counted, stored, cpuMs, idleDay };
  } finally {
    await served.stop();
  }
}

export const sumOf = ({ kinds }: Counted): Counts =>
  Object.values(kinds).reduce((sum, one) => plus(sum, one), noCounts());
