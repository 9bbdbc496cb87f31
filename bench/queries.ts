import { readSamples } from './cost/mix.ts';
import { median } from './decide/measure.ts';
import { figure } from './decide/table.ts';
import { machine } from './machine.ts';
import type { Fill, Queries, QueryRow, Recorded } from './queries/measured.ts';
import { keep } from './results.ts';
import { buildSignalbox } from './worker/build.ts';
import { SETTINGS, serve } from './worker/serve.ts';

/**
 * `npm run bench:queries`: what the API asks of the journal's database when it holds a million entries of 14 days: the time of the
 * statements as D1 states it, and their plans. It goes by the API, so it measures whatever form the journal has.
 */
const DAY = 86_400_000;
const isJson = process.argv.includes('--json');
const place = process.argv.indexOf('--rows');
const rows = place < 0 ? 1_000_000 : Number(process.argv[place + 1]);
const PORTION = 2_000;
const TURNS = 5;
const say = (line: string): void => void (isJson || process.stdout.write(`${line}\n`));

const until = Date.now() - 60_000;
const since = until - 14 * DAY + 3_600_000;
const PEOPLE = 50_000;
const QUESTIONS: readonly (readonly [name: string, path: string])[] = [
  ['the newest page', '/v1/decisions?limit=50'],
  ['a person', '/v1/decisions?channel=SMS&identity=46700000123&limit=50'],
  ['a rule that never fired', '/v1/decisions?rule=account-locked&limit=50'],
  ['stats of 7 days', `/v1/stats?since=${new Date(until - 7 * DAY).toISOString()}`],
  ['metrics', '/metrics'],
];

const built = await buildSignalbox('shipped', 'bench/queries/worker.ts');
const served = await serve(built, { JOURNAL: 'all', JOURNAL_RETENTION: '14d' });
try {
  const call = async (path: string, body?: unknown): Promise<string> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { authorization: `Bearer ${SETTINGS.API_TOKEN}` };
    const response = await fetch(`${served.url}${path}`, { ...init, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
    return text;
  };
  const samples = await readSamples();
  const bodies = ['message-submit', 'delivery-queued', 'delivery-delivered', 'delivery-read'].map(
    (name) => samples.get(name) ?? '',
  );
  for (let first = 0; first < rows; first += PORTION) {
    const count = Math.min(PORTION, rows - first);
    const fill: Fill = { bodies, first, count, total: rows, people: PEOPLE, since, until };
    await call('/fill', fill);
    if (first % 100_000 === 0) say(`${first + count} entries`);
  }
  const queries: QueryRow[] = [];
  for (const [name, path] of QUESTIONS) {
    const turns: (readonly Recorded[])[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      await call(path);
      const found: readonly Recorded[] = JSON.parse(await call('/recorded'));
      turns.push(found);
    }
    const last = turns.at(-1) ?? [];
    const ms = median(turns.map((turn) => turn.reduce((sum, one) => sum + one.ms, 0)));
    const plan = [...new Set(last.flatMap((one) => one.plan))];
    queries.push({ name, ms, statements: last.length, plan, scan: plan.some(isScan) });
    say(`${name}: ${figure(ms)} ms in ${last.length} statements; ${plan.join('; ')}`);
  }
  const found: Queries = { rows, queries };
  if (rows === 1_000_000) await keep('queries', { machine: machine(['wrangler']), queries: found });
  if (isJson) process.stdout.write(`${JSON.stringify(found)}\n`);
} finally {
  await served.stop();
  await built.remove();
}

/** Whether a step reads a whole table. Lists in parameters, constants, and tables of some hundred rows do not grow with the journal. */
function isScan(step: string): boolean {
  return (
    /^SCAN /.test(step) &&
    !/USING (COVERING )?INDEX|json_each|CONSTANT ROW|SUBQUERY|VIRTUAL TABLE/.test(step) &&
    !/^SCAN (rules_fired|drift|counts|c|erased_entries)\b/.test(step)
  );
}
