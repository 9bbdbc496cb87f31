import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Note } from '../../src/journal/journal-message.ts';
import { pruneJournal, trimJournal } from '../../src/journal/retention.ts';
import { env, openBox } from './box.ts';
import { ALERTING, entryOf, rows, storeOf, written } from './journal-asked.ts';
import { reset } from './storage.ts';

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const DAY = 86_400_000;
const RETENTION = { callback: 14 * DAY, consent: 400 * DAY };

const outcome = (id: string, at: number): Note => ({
  kind: 'outcome',
  ...{ id, rulebook: 'V', ...ALERTING, outcome: 'done', detail: '', at },
});

const left = async (): Promise<readonly unknown[]> =>
  (await rows('SELECT id, outcome FROM decided_actions ORDER BY id')).map((row) => [
    row.id,
    row.outcome,
  ]);

describe('the outcome of an effect', () => {
  test.each([
    ['after', (own: readonly Note[]) => own],
    ['before', (own: readonly Note[]) => own.toReversed()],
  ])('goes with its decision, written %s it, also where none was written', async (_, order) => {
    const box = openBox();
    const now = Date.now();
    for (const kind of ['callback', 'consent'] as const)
      for (const note of order([entryOf(kind, kind, now), outcome(kind, now + 1)]))
        await written(box, note);
    await written(box, outcome('alone', now + 1));
    expect(await left()).toEqual([
      ['alone', 'done'],
      ['callback', 'done'],
      ['consent', 'done'],
    ]);
    const prune = (days: number) => pruneJournal(storeOf(box), RETENTION, now + days * DAY);
    await prune(13);
    expect(await left()).toHaveLength(3);
    await prune(15);
    expect(await left()).toEqual([['consent', 'done']]);
    await prune(401);
    expect(await left()).toEqual([]);
  });

  test('leaves a journal that is nearly full when it is older than all decisions', async () => {
    const box = openBox();
    const now = Date.now();
    for (const [id, hours] of [
      ['first', 4],
      ['second', 3],
      ['third', 2],
    ] as const) {
      const at = now - hours * 3_600_000;
      await written(box, entryOf(id, 'callback', at));
      await written(box, outcome(id, at + 1));
    }
    await written(box, entryOf('consent', 'consent', now - 5 * 3_600_000));
    expect(await trimJournal(2, now, env.JOURNAL_DB)).toBe(2);
    expect(await left()).toEqual([
      ['consent', 'queued'],
      ['third', 'done'],
    ]);
  });
});

test('more keys of people than one statement removes leave at the end of their period', async () => {
  const { JOURNAL_DB } = env;
  await JOURNAL_DB.prepare(
    `INSERT INTO people_keys WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000)
     SELECT 'callback 000001', 'ref' || i, 'secret' FROM n`,
  ).run();
  await JOURNAL_DB.prepare(
    "INSERT INTO people_keys VALUES ('consent 000999', 'ref', 'secret')",
  ).run();
  const statements: number[] = [];
  const DB = counting(JOURNAL_DB, statements);
  await pruneJournal({ DB, ARCHIVE: env.ARCHIVE }, RETENTION, 90 * DAY + RETENTION.callback);
  expect(await rows('SELECT period FROM people_keys')).toEqual([{ period: 'consent 000999' }]);
  expect(Math.max(...statements)).toBe(10_000);
});

/** The database, which notes how many rows each statement changes. */
function counting(DB: D1Database, changes: number[]): D1Database {
  const prepare = (sql: string): D1PreparedStatement => noting(DB.prepare(sql), changes);
  return new Proxy(DB, {
    get: (target, name) => {
      if (name === 'prepare') return prepare;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function noting(statement: D1PreparedStatement, changes: number[]): D1PreparedStatement {
  return new Proxy(statement, {
    get: (target, name) => {
      if (name === 'bind') return (...values: unknown[]) => noting(target.bind(...values), changes);
      if (name === 'run')
        return async () => {
          const result = await target.run();
          changes.push(result.meta.changes);
          return result;
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
