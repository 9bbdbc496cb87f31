import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { median } from './decide/measure.ts';
import { peer } from './decide/peer.ts';
import { figure } from './decide/table.ts';
import { machine, machineLine } from './machine.ts';
import { keep } from './results.ts';
import { type Built, buildBare, buildSignalbox, run } from './worker/build.ts';
import { type Load, loads, rulesFor, signedRequests } from './worker/loads.ts';
import type { LoadRow } from './worker/measured.ts';
import { type Served, serve } from './worker/serve.ts';

/**
 * `npm run bench:worker`: the whole way of a callback through the built Worker in workerd, in turns with a bare Hono Worker
 * that verifies the signature, parses and answers 200. Both are driven by autocannon from another process, on 127.0.0.1.
 */
const SIZES = [10, 100, 1_000];
const ROUNDS = 5;
const SECONDS = 3;
const CONNECTIONS = 16;
/** As many callbacks as are signed at a time: more than the Worker takes in a turn of those that are sent once. */
const SIGNED = 8_000;

const Measured = v.object({
  perSecond: v.number(),
  sent: v.number(),
  p50: v.number(),
  p99: v.number(),
  failed: v.number(),
});
type Measured = v.InferOutput<typeof Measured>;

await peer('autocannon');
const here = machine(['wrangler', 'hono', 'valibot', 'json-rules-engine', 'autocannon']);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(machineLine(here));

const folder = await mkdtemp(join(tmpdir(), 'signalbox-load-'));
const rows: LoadRow[] = [];
const bare = await opened(await buildBare());
try {
  for (const size of SIZES) {
    const built = await buildSignalbox(rulesFor(size));
    for (const load of loads) {
      const ours = await serve(built, { JOURNAL: load.journal });
      try {
        const row = await compared(load, size, ours, bare.served);
        rows.push(row);
        say(
          `${load.name}, ${size} rules: ${figure(row.perSecond)}/s (${row.ofBare.toFixed(2)} of the bare Worker), p50 ${figure(row.p50)} ms, p99 ${figure(row.p99)} ms`,
        );
      } finally {
        await ours.stop();
      }
    }
    await built.remove();
  }
  await keep('worker', { machine: here, rows });
  say('bench/results.md is written.');
} finally {
  await bare.close();
  await rm(folder, { recursive: true, force: true });
}

async function opened(
  built: Built,
): Promise<{ readonly served: Served; readonly close: () => Promise<void> }> {
  const served = await serve(built);
  const close = async () => {
    await served.stop();
    await built.remove();
  };
  return { served, close };
}

/** Both Workers in turns, each for some seconds a round. */
async function compared(load: Load, rules: number, ours: Served, other: Served): Promise<LoadRow> {
  const file = join(folder, 'requests.json');
  let signed = 0;
  const sign = async (): Promise<void> => {
    await writeFile(file, JSON.stringify(await signedRequests(load, SIGNED, signed)));
    signed += SIGNED;
  };
  await sign();
  // What has to be made ready once is not measured.
  for (const { url } of [other, ours]) await drive(url, file, 1);
  const rounds: { readonly mine: Measured; readonly theirs: Measured }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    if (load.once) await sign();
    const theirs = await drive(other.url, file, SECONDS);
    const mine = await drive(ours.url, file, SECONDS);
    if (load.once && mine.sent > SIGNED)
      throw new Error(`${load.name}: only ${SIGNED} of ${mine.sent} were sent once`);
    rounds.push({ theirs, mine });
  }
  const middle = (of: (round: (typeof rounds)[number]) => number): number => median(rounds.map(of));
  return {
    load: load.name,
    rules,
    perSecond: middle(({ mine }) => mine.perSecond),
    p50: middle(({ mine }) => mine.p50),
    p99: middle(({ mine }) => mine.p99),
    ofBare: middle(({ mine, theirs }) => mine.perSecond / theirs.perSecond),
  };
}

async function drive(url: string, file: string, seconds: number): Promise<Measured> {
  const words = [
    join(import.meta.dirname, 'worker', 'drive.ts'),
    url,
    file,
    String(seconds),
    String(CONNECTIONS),
  ];
  const found = v.parse(
    Measured,
    JSON.parse(await run(process.execPath, words, import.meta.dirname)),
  );
  if (found.failed > 0) throw new Error(`${url}: ${found.failed} callbacks were not answered 200`);
  return found;
}
