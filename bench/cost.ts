import { signCallback } from '../src/callbacks/signature.ts';
import { type Counts, noCounts, plus, UNITS } from './cost/counts.ts';
import { type Marginal, marginal } from './cost/marginal.ts';
import { cpuOfRuntime } from './cost/measure.ts';
import type { Cost, KindRow, MonthRow } from './cost/measured.ts';
import { MIX, PER_SEND, timeline } from './cost/mix.ts';
import { dollarsOf, MONTHLY_FEE, PRICES_OF, total, type Usage } from './cost/prices.ts';
import { figure } from './decide/table.ts';
import { machine } from './machine.ts';
import { keep } from './results.ts';
import { buildBare, buildSignalbox } from './worker/build.ts';
import { SETTINGS, serve } from './worker/serve.ts';

/**
 * `npm run bench:cost`: what a million callbacks of the mix cost at Cloudflare. Everything billable is counted in workerd, at the
 * bindings; the clock is moved by hand, so that batches fill as they would at that rate, and deletes and alarms are included.
 */
const MODES = ['all', 'acted', 'off'] as const;
const MONTHS = [1e6, 10e6, 100e6];
const isJson = process.argv.includes('--json');
/** Objects count the figures of delivery every five minutes. */
const minutes = process.argv.includes('--minutes')
  ? Number(process.argv[process.argv.indexOf('--minutes') + 1])
  : 5;
const say = (line: string): void => void (isJson || process.stdout.write(`${line}\n`));

const NOTHING = { objects: 0, d1: 0, r2: 0 };
const bare = await bareUsage();
const built = await buildSignalbox('shipped', 'bench/cost/worker.ts');
const found = new Map<string, Marginal>();
try {
  for (const month of MONTHS.toReversed())
    for (const mode of MODES) {
      const one = await marginal(built, mode, month, minutes);
      found.set(`${mode} ${month}`, one);
      const dollars = dollarsOf(one.million, false);
      say(
        `${figure(month / 1e6)} M a month, JOURNAL=${mode}: $${total(dollars).toFixed(2)} a million ${JSON.stringify(sorted(dollars))}`,
      );
    }
} finally {
  await built.remove();
}
const at = (mode: (typeof MODES)[number], month = 100e6): Marginal => {
  const one = found.get(`${mode} ${month}`);
  if (!one) throw new Error(`${mode} at ${month} was not measured`);
  return one;
};

const perMode = <T>(of: (usage: Usage) => T) => ({
  all: of(at('all').million),
  acted: of(at('acted').million),
  off: of(at('off').million),
  bare: of(bare),
});
const cost: Cost = {
  pricesOf: PRICES_OF,
  perMillion: perMode((usage) => cents(total(dollarsOf(usage, false)))),
  items: perMode((usage) => sorted(dollarsOf(usage, false))),
  byKind: byKind(at('all')),
  months: MONTHS.map(monthRow),
  standing: cents(total(dollarsOf(at('all').standing, false))),
};
if (process.argv.includes('--minutes')) say('Another span than usual: the results are not kept.');
else await keep('cost', { machine: machine(['wrangler']), cost });
if (isJson) {
  const { perMillion, byKind, ...rest } = cost;
  process.stdout.write(
    `${JSON.stringify({ per_million: perMillion, by_kind: byKind, ...rest })}\n`,
  );
} else {
  for (const { kind, share, perMillion, items } of cost.byKind)
    say(
      `${kind} (${(100 * share).toFixed(1)} %): $${perMillion.toFixed(2)} ${JSON.stringify(items)}`,
    );
  for (const row of cost.months) say(JSON.stringify(row));
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}

/** The items that cost anything, the largest first. */
function sorted(dollars: Readonly<Record<string, number>>): Record<string, number> {
  const all = Object.entries(dollars).map(
    ([name, n]) => [name, Math.round(n * 1_000) / 1_000] as const,
  );
  return Object.fromEntries(all.filter(([, n]) => n > 0).toSorted(([, a], [, b]) => b - a));
}

function byKind({ byKind: kinds, calls }: Marginal): readonly KindRow[] {
  const order = [...MIX.map(({ name }) => name), 'alarms', 'crons', 'shared'];
  return order.flatMap((kind) => {
    const counts = kinds[kind];
    if (!counts) return [];
    const of1000 = MIX.find(({ name }) => name === kind)?.of1000 ?? 0;
    const million = { counts: plus(noCounts(), counts, 1e6), cpuMs: 0, stored: NOTHING };
    const dollars = dollarsOf(million, false);
    return {
      kind,
      share: Math.round((of1000 / PER_SEND) * 10) / 10_000,
      perMillion: cents(total(dollars)),
      items: sorted(dollars),
      uses: usesOf(counts),
      calls: calls[kind] ?? {},
    };
  });
}

function usesOf(counts: Counts): Record<string, number> {
  const all = UNITS.map((unit) => [unit, Math.round(counts[unit] * 100) / 100] as const);
  return Object.fromEntries(all.filter(([, n]) => n > 0));
}

function monthRow(callbacks: number): MonthRow {
  const bill = (usage: Usage): number => cents(MONTHLY_FEE + total(dollarsOf(usage, true)));
  const of = (mode: (typeof MODES)[number]): number => {
    const { million, standing } = at(mode, callbacks);
    return bill(added(standing, million, callbacks / 1e6));
  };
  return {
    ...{ callbacks, all: of('all'), acted: of('acted'), off: of('off') },
    bare: bill(added(added(bare, bare, -1), bare, callbacks / 1e6)),
  };
}

function added(one: Usage, other: Usage, times: number): Usage {
  const stored = (place: 'objects' | 'd1' | 'r2'): number =>
    one.stored[place] + times * other.stored[place];
  return {
    counts: plus(one.counts, other.counts, times),
    cpuMs: one.cpuMs + times * other.cpuMs,
    stored: { objects: stored('objects'), d1: stored('d1'), r2: stored('r2') },
  };
}

/** What a million callbacks use at a Worker that only verifies, parses and answers: a request, and its CPU time. */
async function bareUsage(): Promise<Usage> {
  const build = await buildBare();
  const served = await serve(build);
  try {
    const now = Date.now();
    const all = await timeline(200, 1_000, now - 3_600_000, SETTINGS.WEBHOOK_SECRETS);
    const cpu = cpuOfRuntime();
    for (const { headers, body } of all) {
      const signed = await signCallback(new TextEncoder().encode(body), SETTINGS.WEBHOOK_SECRETS, {
        nonce: 'bare',
        timestamp: Math.floor(now / 1_000),
      });
      const request = { method: 'POST', headers: { ...headers, ...signed }, body };
      const response = await fetch(`${served.url}/callbacks`, request);
      if (response.status !== 200) throw new Error(`the bare Worker answers ${response.status}`);
      await response.text();
    }
    const cpuMs = ((cpuOfRuntime() - cpu) / all.length) * 1e6;
    return { counts: { ...noCounts(), requests: 1e6 }, cpuMs, stored: NOTHING };
  } finally {
    await served.stop();
    await build.remove();
  }
}
