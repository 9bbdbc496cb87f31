import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COST_SETTINGS } from './cost/measure.ts';
import { PER_SEND } from './cost/mix.ts';
import { median } from './decide/measure.ts';
import { peer } from './decide/peer.ts';
import { figure } from './decide/table.ts';
import { machine, machineLine } from './machine.ts';
import { keep } from './results.ts';
import { type Built, buildBare, buildPromising, buildSignalbox } from './worker/build.ts';
import { type Driven, drive } from './worker/driven.ts';
import { type Measurable, measurables, PROJECT } from './worker/kinds.ts';
import type { LoadRow } from './worker/measured.ts';
import { type Served, serve } from './worker/serve.ts';
import { openUpstream } from './worker/upstream.ts';

/**
 * `npm run bench:worker`: each kind of callback of the mix, and the gateway, through the built Worker in workerd with its consumers
 * running, in turns with two bare Hono Workers: one verifies the signature, parses and answers; one also makes the same promises, a
 * row of an object and a message on a queue. All are driven by autocannon from another process, on 127.0.0.1.
 */
const ROUNDS = 3;
const SECONDS = 2;
const CONNECTIONS = 16;
/** As many requests as are signed at a time: more than a Worker takes in a turn, so that no callback comes twice. */
const SIGNED = 12_000;
const isJson = process.argv.includes('--json');
/** `--kind gateway` measures one kind alone, and keeps no results. */
const only = process.argv.includes('--kind')
  ? process.argv[process.argv.indexOf('--kind') + 1]
  : undefined;
const measured = measurables.filter(({ name }) => only === undefined || name === only);
if (measured.length === 0)
  throw new Error(`--kind: expected one of ${measurables.map(({ name }) => name).join(', ')}`);

await peer('autocannon');
const here = machine(['wrangler', 'hono', 'valibot', 'json-rules-engine', 'autocannon']);
const say = (line: string): void => void (isJson || process.stdout.write(`${line}\n`));
say(machineLine(here));

const folder = await mkdtemp(join(tmpdir(), 'signalbox-load-'));
const rows: LoadRow[] = [];
const upstream = await openUpstream();
const settings = {
  ...COST_SETTINGS,
  SINCH_PROJECT_ID: PROJECT,
  SINCH_API_URL: upstream.url,
  SINCH_AUTH_URL: upstream.url,
  JOURNAL: 'all',
};
const opened: { readonly served: Served; readonly built: Built }[] = [];
const open = async (built: Built, own: Readonly<Record<string, string>>): Promise<Served> => {
  const served = await serve(built, own);
  opened.push({ served, built });
  return served;
};
try {
  const bare = await open(await buildBare(), {});
  const promising = await open(await buildPromising(), { UPSTREAM: upstream.url });
  const ours = await open(await buildSignalbox('shipped'), settings);
  for (const one of measured) {
    const row = await compared(one, ours, promising, one.of1000 === undefined ? undefined : bare);
    rows.push(row);
    say(
      `${row.load}: ${figure(row.perSecond)}/s (${row.ofPromising.toFixed(2)} of the same promises, ${row.ofBare?.toFixed(2) ?? '–'} of the bare Worker), p50 ${figure(row.p50)} ms, p99 ${figure(row.p99)} ms`,
    );
  }
  if (only === undefined) {
    const mix = mixOf(rows);
    rows.push(mix);
    say(
      `mix: ${mix.ofPromising.toFixed(2)} of the same promises, ${mix.ofBare?.toFixed(2)} of bare`,
    );
    await keep('worker', { machine: here, rows });
  }
  if (isJson) process.stdout.write(`${JSON.stringify({ rows })}\n`);
} finally {
  for (const { served, built } of opened) {
    await served.stop();
    await built.remove();
  }
  upstream.close();
  await rm(folder, { recursive: true, force: true });
}

/** The Workers in turns, each for some seconds a round. */
async function compared(
  { name, of1000 = 0, connections = CONNECTIONS, requests }: Measurable,
  ours: Served,
  promising: Served,
  bare: Served | undefined,
): Promise<LoadRow> {
  const file = join(folder, 'requests.json');
  let signed = 0;
  const sign = async (count: number): Promise<void> => {
    await writeFile(file, JSON.stringify(await requests(count, signed)));
    signed += count;
  };
  const others = bare ? [bare, promising] : [promising];
  // What has to be made ready once is not measured.
  await sign(1_000);
  for (const { url } of [...others, ours]) await drive(url, file, 1, connections);
  const rounds: { mine: Driven; promised: Driven; plain: Driven | undefined }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await sign(SIGNED);
    const plain = bare && (await drive(bare.url, file, SECONDS, connections));
    const promised = await drive(promising.url, file, SECONDS, connections);
    const mine = await drive(ours.url, file, SECONDS, connections);
    if (mine.sent > SIGNED) throw new Error(`${name}: only ${SIGNED} of ${mine.sent} differ`);
    rounds.push({ mine, promised, plain });
  }
  const middle = (of: (round: (typeof rounds)[number]) => number): number => median(rounds.map(of));
  return {
    load: name,
    share: of1000 / 1_000 / PER_SEND,
    perSecond: middle(({ mine }) => mine.perSecond),
    p50: middle(({ mine }) => mine.p50),
    p99: middle(({ mine }) => mine.p99),
    ofBare: bare && middle(({ mine, plain }) => mine.perSecond / (plain?.perSecond ?? Number.NaN)),
    ofPromising: middle(({ mine, promised }) => mine.perSecond / promised.perSecond),
  };
}

/** The mean of the mix: a callback takes the sum of the times of its kinds, each by its part. */
function mixOf(all: readonly LoadRow[]): LoadRow {
  const kinds = all.filter(({ share }) => share > 0);
  const mean = (of: (row: LoadRow) => number): number =>
    1 / kinds.reduce((sum, row) => sum + row.share / of(row), 0);
  const perSecond = mean((row) => row.perSecond);
  const weighted = (of: (row: LoadRow) => number): number =>
    kinds.reduce((sum, row) => sum + row.share * of(row), 0);
  return {
    ...{ load: 'mix', share: 0, perSecond },
    ...{ p50: weighted(({ p50 }) => p50), p99: weighted(({ p99 }) => p99) },
    ofBare: perSecond / mean((row) => row.perSecond / (row.ofBare ?? Number.NaN)),
    ofPromising: perSecond / mean((row) => row.perSecond / row.ofPromising),
  };
}
