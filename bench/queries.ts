import type { Decisions } from '../src/api/decisions/decisions.ts';
import { cpuOfRuntime } from './cost/measure.ts';
import { readSamples } from './cost/mix.ts';
import { median } from './decide/measure.ts';
import { figure } from './decide/table.ts';
import { machine } from './machine.ts';
import {
  type Fill,
  type Queries,
  type QueryRow,
  READ_FILE,
  type Recorded,
} from './queries/measured.ts';
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
const PAGE = 50;
const PERSON = `/v1/decisions?channel=SMS&identity=46700000123&limit=${PAGE}`;
const QUESTIONS: readonly (readonly [name: string, path: string])[] = [
  ['the newest page', `/v1/decisions?limit=${PAGE}`],
  ['a person over 14 days', PERSON],
  ['a rule that never fired', `/v1/decisions?rule=account-locked&limit=${PAGE}`],
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
  /** Asks, and goes on where a search stops before its page is full. */
  const search = async (path: string): Promise<void> => {
    let found = 0;
    for (
      let next: string | null | undefined = '';
      next !== null && next !== undefined && found < PAGE;
    ) {
      const text = await call(next === '' ? path : `${path}&cursor=${encodeURIComponent(next)}`);
      const page: Partial<Decisions> = text.startsWith('{') ? JSON.parse(text) : {};
      found += page.decisions?.length ?? 0;
      next = page.next;
    }
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
  const ask = async (name: string, path: string): Promise<void> => {
    const turns: { found: readonly Recorded[]; answerMs: number; cpuMs: number }[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const [began, cpu] = [performance.now(), cpuOfRuntime()];
      await search(path);
      const [answerMs, cpuMs] = [performance.now() - began, cpuOfRuntime() - cpu];
      turns.push({ found: JSON.parse(await call('/recorded')), answerMs, cpuMs });
    }
    const last = turns.at(-1)?.found ?? [];
    const middle = (of: (turn: (typeof turns)[number]) => number): number => median(turns.map(of));
    const statements = last.filter(({ sql }) => sql !== READ_FILE);
    const plan = [...new Set(statements.flatMap((one) => one.plan))];
    const row: QueryRow = {
      name,
      ms: middle(({ found }) =>
        found.filter(({ sql }) => sql !== READ_FILE).reduce((sum, one) => sum + one.ms, 0),
      ),
      statements: statements.length,
      files: last.length - statements.length,
      answerMs: middle((turn) => turn.answerMs),
      cpuMs: middle((turn) => turn.cpuMs),
      plan,
      scan: plan.some(isScan),
    };
    queries.push(row);
    say(
      `${name}: ${figure(row.ms)} ms in ${row.statements} statements, ${row.files} files of R2, answer ${figure(row.answerMs)} ms, CPU ${figure(row.cpuMs)} ms; ${plan.join('; ')}`,
    );
  };
  for (const [name, path] of QUESTIONS) await ask(name, path);
  const { left }: { left: number } = JSON.parse(await call('/move', {}));
  say(`moved to R2, but for ${left} pages of the last half hour`);
  await ask('a person over 14 days, all hours but the last in R2', PERSON);
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
