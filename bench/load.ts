import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { COST_SETTINGS } from './cost/measure.ts';
import { median } from './decide/measure.ts';
import { peer } from './decide/peer.ts';
import { figure } from './decide/table.ts';
import { flatness, type LoadTurn } from './load/measured.ts';
import { machine, machineLine } from './machine.ts';
import { keep } from './results.ts';
import { buildSignalbox } from './worker/build.ts';
import { drive } from './worker/driven.ts';
import { measurables, PROJECT } from './worker/kinds.ts';
import { serve } from './worker/serve.ts';
import { openUpstream } from './worker/upstream.ts';

/**
 * `npm run bench:load`: minutes of the mix of callbacks against the built Worker in workerd with its consumers, by autocannon from another
 * process. It records throughput, p99, the memory of workerd, and how long the queues take until they are empty.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    json: { type: 'boolean', default: false },
  },
});
/** Signing takes a moment between two turns. */
const TURN = 10;
/** As many callbacks as one turn may take at the most. */
const SIGNED = 8_000;
/** The longest that the queues may take after the load, in milliseconds. */
const DRAINED_WITHIN = 10 * 60_000;

const Health = v.object({
  queues: v.record(v.string(), v.nullish(v.object({ waiting: v.number() }))),
});

await peer('autocannon');
const here = machine(['wrangler', 'hono', 'valibot', 'json-rules-engine', 'autocannon']);
const say = (line: string): void => void (values.json || process.stdout.write(`${line}\n`));
say(machineLine(here));
const turnCount = Math.max(2, Math.round((Number(values.minutes) * 60) / TURN));
const connections = Number(values.connections);

const folder = await mkdtemp(join(tmpdir(), 'signalbox-load-'));
const upstream = await openUpstream();
const built = await buildSignalbox('shipped');
const served = await serve(built, {
  ...COST_SETTINGS,
  ...{ SINCH_PROJECT_ID: PROJECT, SINCH_API_URL: upstream.url, SINCH_AUTH_URL: upstream.url },
  ...{ JOURNAL: 'all', HEALTH_CACHE: '0s' },
});
try {
  const turns: LoadTurn[] = [];
  for (let turn = 0; turn <= turnCount; turn++) {
    const file = join(folder, 'requests.json');
    await writeFile(file, JSON.stringify(await mixed(SIGNED, turn * SIGNED)));
    // The first turn makes ready what has to be made ready once.
    const found = await drive(served.url, file, turn === 0 ? 2 : TURN, connections);
    if (turn === 0) continue;
    const { perSecond, p50, p99, sent } = found;
    turns.push({ perSecond, p50, p99, sent, rssMb: workerdMb(), waiting: await waiting() });
    say(
      `turn ${turn} of ${turnCount}: ${figure(perSecond)}/s, p99 ${figure(p99)} ms, ${figure(turns.at(-1)?.rssMb ?? 0)} MB`,
    );
  }
  const drainedMs = await drained();
  const load = {
    ...{ seconds: turnCount * TURN, connections },
    sent: turns.reduce((sum, { sent }) => sum + sent, 0),
    perSecond: median(turns.map(({ perSecond }) => perSecond)),
    p50: median(turns.map(({ p50 }) => p50)),
    p99: median(turns.map(({ p99 }) => p99)),
    memory: flatness(turns),
    ...{ drainedMs, turns },
  };
  await keep('load', { machine: here, load });
  if (values.json) process.stdout.write(`${JSON.stringify(load)}\n`);
  say(
    `${figure(load.perSecond)}/s, p99 ${figure(load.p99)} ms; memory × ${load.memory.toFixed(2)}; ${
      drainedMs === undefined ? 'the queues are NOT empty' : `drained in ${drainedMs} ms`
    }`,
  );
  if (drainedMs === undefined) process.exitCode = 1;
} finally {
  await served.stop();
  await built.remove();
  upstream.close();
  await rm(folder, { recursive: true, force: true });
}

/** Callbacks of the mix, each kind by its part, in turns. */
async function mixed(count: number, first: number): Promise<readonly object[]> {
  const kinds = measurables.filter(({ of1000 }) => of1000 !== undefined);
  const all = kinds.reduce((sum, { of1000 = 0 }) => sum + of1000, 0);
  const parts = await Promise.all(
    kinds.map(async ({ of1000 = 0, requests }) => {
      const some = await requests(Math.max(1, Math.round((count * of1000) / all)), first);
      return some.map((request, at) => ({ request, place: at / some.length }));
    }),
  );
  return parts
    .flat()
    .sort((a, b) => a.place - b.place)
    .map(({ request }) => request);
}

/** The resident memory of the workerd that this process started, in MB. */
function workerdMb(): number {
  const table = execFileSync('ps', ['-eo', 'ppid=,rss=,comm='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([parent, , name]) => Number(parent) === process.pid && name === 'workerd')
    .reduce((sum, [, rss]) => sum + Number(rss) / 1024, 0);
}

/** How many messages wait on all queues. */
async function waiting(): Promise<number> {
  const answer = await fetch(`${served.url}/healthz`, {
    headers: { authorization: 'Bearer bench-api-token' },
  });
  const { queues } = v.parse(Health, await answer.json());
  return Object.values(queues).reduce((sum, queue) => sum + (queue?.waiting ?? 0), 0);
}

/** Waits until nothing waits on a queue, and returns how long that took, in milliseconds; `undefined`: it took too long. */
async function drained(): Promise<number | undefined> {
  const started = performance.now();
  while (performance.now() - started < DRAINED_WITHIN) {
    if ((await waiting()) === 0) return Math.round(performance.now() - started);
    await wait(500);
  }
  return undefined;
}
