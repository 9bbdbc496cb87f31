import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { operations } from '../../src/api/index.ts';
import worker from '../../src/worker.ts';
import { type Box, env, openBox } from './box.ts';
import { type Recorded, record, statementsIn, uniform } from './d1-recorder.ts';
import { live } from './erasing.ts';
import { call } from './held.ts';
import { entryOf, written as journalled } from './journal-asked.ts';
import { migrate } from './migrate.ts';
import { calls } from './openapi-calls.ts';
import { nameOf } from './openapi-document.ts';
import { recording as recordedCall } from './recordings.ts';
import { APP, inbound } from './sample.ts';
import { reset } from './storage.ts';

const SOURCES = import.meta.glob<string>('../../src/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const recorded: Recorded = { DB: new Set(), JOURNAL_DB: new Set() };

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Opens a box whose statements are recorded. */
function recording(settings: Readonly<Record<string, string>> = {}): Box {
  const box = openBox({}, settings);
  record(box, recorded);
  return box;
}

const scheduled = async (box: Box, cron: string): Promise<void> => {
  const under: Promise<unknown>[] = [];
  const context = {
    waitUntil: (work: Promise<unknown>) => void under.push(work),
    passThroughOnException: () => {},
    props: {},
  };
  const event = { cron, scheduledTime: Date.now(), noRetry: () => {} };
  await worker.scheduled(event, box.bindings, context as unknown as ExecutionContext); // only waitUntil is used
  await Promise.all(under);
};

/** Records a decision about consent with an effect, copies a recording, and holds a reply. */
async function hold(box: Box): Promise<void> {
  await journalled(box, entryOf('C', 'consent', Date.now()));
  await box.file('call.wav', { bytes: 5 });
  await box.take(recordedCall());
  await box.drain(3600);
  const pause = { kind: 'app', name: APP, actor: 'ada', reason: 'test' };
  await call(box, 'POST', '/v1/pauses', pause);
  await box.take(inbound('HELP', { id: '01JHELD' }));
  await box.drain(60);
}

/** Calls every operation, lets every queue and schedule run, and erases a person. */
beforeAll(async () => {
  for (const operation of operations) {
    await reset();
    await migrate();
    const box = recording();
    const {
      path = operation.path,
      status: _,
      ...init
    } = (await calls[nameOf(operation)]?.(box)) ?? {};
    if (!path.includes('/:'))
      await box.ask(path, { method: operation.method.toUpperCase(), ...init });
    await box.drain(60);
  }
  const box = recording({ JOURNAL_PAYLOAD: 'keep' });
  await hold(box);
  await live(box);
  await box.ask('/v1/held?state=settled');
  vi.setSystemTime(Date.now() + 3 * 3_600_000);
  for (const cron of ['47 * * * *', '17 3 * * *']) await scheduled(box, cron);
  await reset();
}, 300_000);

/** The statements in the code of the Worker, outside the objects, whose databases are their own. */
const written = Object.entries(SOURCES)
  .filter(([file]) => !/src\/(objects|simulator|cli|console)\//.test(file))
  .flatMap(([file, source]) => statementsIn(source).map((one) => ({ file, ...one })));

test('every statement that the code composes is prepared on the way', () => {
  const all = [...recorded.DB, ...recorded.JOURNAL_DB].map(uniform);
  const missing = written
    .filter(({ isWhole, text }) => !isWhole && !all.some((sql) => sql.includes(text)))
    .map(({ file, text }) => `${file}: ${text}`);
  expect(missing).toEqual([]);
});

/** What may be read from its first row to its last, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'SCAN seen_triggers USING INDEX sqlite_autoindex_seen_triggers_1':
    'it has a row for each trigger of Sinch',
  'SCAN step': 'it has a row for each thirty days',
  'SCAN rules_fired': 'it has a row for each rule',
  'SCAN reviews': 'an erasure looks for a person in the lists of people',
  'SCAN held': 'an erasure looks for a person in the lists of people',
  'SCAN unsupported': 'an erasure looks for a person in the lists of people',
  'SCAN dead_letters USING INDEX dead_letters_open': 'the index has only what is counted',
  'SCAN quarantine USING INDEX quarantine_open': 'the index has only what is counted',
  'SCAN held USING INDEX held_decided': 'in the order of the answer, until it is full',
  'SCAN erasures USING INDEX erasures_at': 'in the order of the answer, until it is full',
  'SCAN unsupported USING INDEX unsupported_at': 'in the order of the answer, until it is full',
};
const isTable = (detail: string): boolean =>
  !/^SCAN (CONSTANT ROW|\(subquery|\w+ (EXISTS )?VIRTUAL TABLE)/.test(detail);
const isAllowed = (detail: string): boolean =>
  Object.hasOwn(ALLOWED, detail.replace('COVERING INDEX', 'INDEX'));

async function planOf(sql: string, database: D1Database): Promise<readonly string[]> {
  const numbered = [...sql.matchAll(/\?(\d+)/g)].map(([, n]) => Number(n));
  const parameters = Math.max((sql.match(/\?(?!\d)/g) ?? []).length, ...numbered);
  const { results } = await database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...Array.from({ length: parameters }, () => null))
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}

test.each(['DB', 'JOURNAL_DB'] as const)('no statement on %s scans a table', async (name) => {
  const isOfJournal = (file: string): boolean => file.includes('/journal/');
  const statements = new Set([
    ...[...recorded[name]].map(uniform),
    ...written
      .filter(({ isWhole, file }) => isWhole && isOfJournal(file) === (name === 'JOURNAL_DB'))
      .map(({ text }) => text),
  ]);
  const scans: string[] = [];
  for (const sql of statements)
    for (const detail of await planOf(sql, env[name]))
      if (detail.startsWith('SCAN') && isTable(detail) && !isAllowed(detail))
        scans.push(`${detail} | ${sql}`);
  expect(scans).toEqual([]);
});
