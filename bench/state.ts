import { median } from './decide/measure.ts';
import { figure } from './decide/table.ts';
import { machine, machineLine } from './machine.ts';
import { keep } from './results.ts';
import type { StateRow } from './state/measured.ts';
import { APP, rulesFor, signedStops } from './state/stops.ts';
import { buildSignalbox } from './worker/build.ts';
import { SETTINGS, serve } from './worker/serve.ts';

/** `npm run bench:state`: what the Durable Objects cost, through the built Worker in workerd on 127.0.0.1. */
const here = machine(['wrangler', 'hono']);
const rows: StateRow[] = [];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(machineLine(here));

const built = await buildSignalbox(rulesFor(100), 'bench/state/worker.ts');
const served = await serve(built, { JOURNAL: 'acted' });
try {
  const headers = {
    authorization: `Bearer ${SETTINGS.API_TOKEN}`,
    'content-type': 'application/json',
  };
  // Until the whole answer has arrived: what a sender then does with it is the sender's.
  const send = async (path: string, init: RequestInit): Promise<string> => {
    const response = await fetch(`${served.url}${path}`, init);
    const answer = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${answer}`);
    return answer;
  };
  const post = (path: string, body: string) => send(path, { method: 'POST', headers, body });

  const stops = await signedStops(500);
  let person = 0;
  rows.push(
    await timed('STOP until a sender can read it', 300, async () => {
      const { path, ...request } = stops[person++] ?? fail('too few callbacks');
      await send(path, request);
      const read = await send(`/v1/recipients/SMS/${46_700_000_000 + person - 1}`, { headers });
      if (!read.includes('"suppressed":true')) throw new Error('a STOP could not be read back');
    }),
  );
  const asked = [1, 100, 1_000].map((people) => {
    // One in 33 is somebody who wrote STOP above; of the others nothing is known, as of most people.
    const recipients = Array.from({ length: people }, (_, at) => ({
      channel: 'SMS',
      identity: String(at % 33 === 32 ? 46_700_000_000 + (at - 32) / 33 : 46_800_000_000 + at),
      // As a sending system asks: its own app, so that the sender is looked up too, for one as for many.
      app_id: APP,
      content: 'marketing',
    }));
    const body = JSON.stringify({ recipients });
    return {
      what: `may-send for ${people.toLocaleString('en-US')}`,
      work: () => post('/v1/may-send', body),
    };
  });
  /** Publishes so many rules: they are read, compiled, checked and stored before it is answered. */
  async function publishing(count: number): Promise<void> {
    const source = {
      rules: Object.fromEntries(rulesFor(count).map((rule) => [`${rule.name}.json`, rule])),
      ...{ lists: {}, conditions: {}, guardrails: {}, builds_on: '*' },
      alerts: {
        destinations: { ops: { type: 'webhook', url: { secret: 'DEST_OPS' } } },
        default: 'ops',
      },
    };
    const body = JSON.stringify(source);
    const row = await timed(`publishing ${count.toLocaleString('en-US')} rules`, 3, () =>
      send('/v1/rulebooks', { method: 'PUT', headers, body }),
    );
    rows.push({ ...row, note: `${figure(body.length / 1e6)} MB` });
  }

  /** A million people who opted out, in one of 16 shards: as many as in a deployment that knows 16 million. */
  async function million(): Promise<void> {
    const ask = async (what: string, first = 0, count = 0): Promise<Record<string, number>> =>
      JSON.parse(await post(`/bench/shard/${what}`, JSON.stringify({ first, count })));
    for (let first = 0; first < 1_000_000; first += 2_000) await ask('add', first, 2_000);
    const { bytes = 0 } = await ask('size');
    let person = 0;
    const lookup = await timed('a person of a million in one shard', 300, () => {
      person = (person + 7_919) % 1_000_000;
      return ask('lookup', person);
    });
    rows.push({ ...lookup, note: `the shard has ${figure(bytes / 1e6)} MB` });
    const exported = await timed('exporting a million people of one shard', 2, () => ask('export'));
    rows.push({ ...exported, note: '1,000 a call' });
  }

  // In turns, so that a busy moment meets all of them.
  const [one, ...more] = await timedInTurns(asked, 150);
  for (const row of [one, ...more])
    if (row && one) rows.push({ ...row, note: `${figure(row.p50 / one.p50)}× one` });
  let run = 0;
  const tally = async (
    what: string,
    order: { windows: number; calls: number; callbacks: number; atOnce: number },
  ) => {
    const row = await timed(what, 10, () =>
      post('/bench/tally', JSON.stringify({ ...order, run: String(run++) })),
    );
    const each = Math.round((order.calls * order.callbacks * 1_000) / row.p50);
    rows.push({ ...row, note: `${each.toLocaleString('en-US')} callbacks a second` });
  };
  await tally('1,000 callbacks counted in one window', {
    windows: 1,
    calls: 50,
    callbacks: 20,
    atOnce: 1,
  });
  await tally('1,000 callbacks counted in 1,000 windows', {
    windows: 1_000,
    calls: 1_000,
    callbacks: 1,
    atOnce: 20,
  });
  await publishing(10_000);
  await million();
  await keep('state', { machine: here, rows });
  say('bench/results.md is written.');
} finally {
  await served.stop();
  await built.remove();
}

/** Something that is timed. */
interface Timed {
  readonly what: string;
  readonly work: () => Promise<unknown>;
}

async function timed(what: string, runs: number, work: () => Promise<unknown>): Promise<StateRow> {
  const [row] = await timedInTurns([{ what, work }], runs);
  return row ?? fail(`${what} was not timed`);
}

/** The first tenth of the runs makes things ready. */
async function timedInTurns(all: readonly Timed[], runs: number): Promise<readonly StateRow[]> {
  const times = all.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    for (const [at, { work }] of all.entries()) {
      const start = performance.now();
      await work();
      if (run >= runs / 10) times[at]?.push(performance.now() - start);
    }
  }
  return all.map(({ what }, at) => {
    const sorted = (times[at] ?? []).toSorted((a, b) => a - b);
    const row = {
      what,
      p50: median(sorted),
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    };
    say(`${what}: p50 ${figure(row.p50)} ms, p99 ${figure(row.p99)} ms`);
    return row;
  });
}

function fail(message: string): never {
  throw new Error(message);
}
