import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Entry, KEPT_BEHIND, type Terms } from '../../../src/rules/model/window.ts';
import { batches, naive, terms } from '../../rules/model/naive-window.ts';
import { evict, reset } from '../storage.ts';

/** Ahead of the runtime's own clock, so that no alarm rings by itself. */
const NOW = Date.parse('2100-01-01T00:00:00Z');
const MINUTE = 60_000;
const WINDOW = 10 * MINUTE;
const DAY = 86_400_000;

let turn = 0;
const tally = (name = `rule:${turn}`) => env.TALLY.getByName(name);
const count = (often: number): Terms => ({
  within: WINDOW,
  cooldown: WINDOW,
  over: { kind: 'count', count: often },
});
const hit = (id: string, after = 0): Entry => ({ id, at: NOW + after, hit: true });
const latest = (sealed: string, after = 0) => ({ at: NOW + after, sealed, people: ['P'] });
const tablesOf = (object: ReturnType<typeof tally>) =>
  runInDurableObject(object, (_, state) =>
    state.storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf%'")
      .toArray(),
  );

beforeEach(() => {
  turn++;
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

/** What the object did, held against a list of all that it was told. */
interface Model {
  readonly list: ReturnType<typeof naive>;
  /** Told, and not acted upon. */
  told: readonly number[];
  /** To be told once more. */
  again: readonly number[];
}
interface Real {
  readonly object: ReturnType<typeof tally>;
  readonly agreed: Terms;
}
type Command = fc.AsyncCommand<Model, Real>;

const noting = (batch: readonly Entry[]): Command => ({
  check: () => true,
  async run(model, { object, agreed }) {
    const crossed = model.list.note(batch).map(({ at }) => at);
    const expected = [...model.again, ...crossed].sort((a, b) => a - b);
    const { firings, held } = await object.note(batch, agreed, {
      at: batch[0]?.at ?? 0,
      sealed: 'sealed',
      people: [],
    });
    expect({ at: firings.map(({ at }) => at), held }).toEqual({
      at: expected,
      held: model.told.length > 0,
    });
    model.told = [...model.told, ...expected];
    model.again = [];
  },
  toString: () => `note ${JSON.stringify(batch)}`,
});
const acting: Command = {
  check: ({ told }) => told.length > 0,
  async run(model, { object }) {
    const [first = 0, ...rest] = model.told;
    await object.done(first);
    model.told = rest;
  },
  toString: () => 'done',
};
const waiting: Command = {
  check: () => true,
  async run(model) {
    vi.setSystemTime(Date.now() + MINUTE);
    model.again = [...model.again, ...model.told];
    model.told = [];
  },
  toString: () => 'a minute passes',
};
const evicting: Command = {
  check: () => true,
  run: async (_, { object }) => evict(object),
  toString: () => 'evict',
};
const peeking = (entry: Entry): Command => ({
  check: () => true,
  run: async (_, { object, agreed }) => void (await object.peek(entry, agreed)),
  toString: () => `peek ${entry.id}`,
});

describe('a tally', () => {
  test('agrees with a plain list, in any order, with repeats, looks, evictions and firings nobody acted upon', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        terms,
        batches.chain((notes) =>
          fc.tuple(
            ...notes.map((batch) =>
              fc.tuple(
                fc.constant(noting(batch)),
                fc.constantFrom(
                  undefined,
                  evicting,
                  acting,
                  waiting,
                  ...batch.slice(0, 1).map(peeking),
                ),
              ),
            ),
          ),
        ),
        async (agreed, steps) => {
          const object = tally(`model:${turn}:${run++}`);
          const commands = steps.flatMap(([first, then]) => (then ? [first, then] : [first]));
          const model: Model = { list: naive(agreed), told: [], again: [] };
          await fc.asyncModelRun(() => ({ model, real: { object, agreed } }), commands);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('counts a callback once, in one call or in several', async () => {
    await tally().note([hit('a'), hit('a')], count(2));
    expect(await tally().note([hit('a')], count(2))).toEqual({
      firings: [],
      held: false,
      late: 0,
      repeated: 1,
    });
    expect((await tally().note([hit('b')], count(2))).firings).toMatchObject([{ hits: 2 }]);
  });

  test('tells a firing, with the callback that it happened to, once a minute until it was acted upon', async () => {
    await tally().note([hit('a')], count(2), latest('first'));
    const firing = { at: NOW + 1, hits: 2, sample: 2, sealed: 'second' };
    expect((await tally().note([hit('b', 1)], count(2), latest('second', 1))).firings).toEqual([
      firing,
    ]);
    await evict(tally());
    const third = () => tally().note([hit('b', 1)], count(2), latest('third', 2));
    expect(await third()).toMatchObject({ firings: [], held: true });
    vi.setSystemTime(NOW + MINUTE);
    expect(await third()).toMatchObject({ firings: [firing], held: false });
    await tally().done(firing.at);
    vi.setSystemTime(NOW + 2 * MINUTE);
    expect((await tally().note([hit('b', 1)], count(2))).firings).toEqual([]);
  });

  test('tells the newest callback, whichever came last', async () => {
    await tally().note([hit('b', 1)], count(2), latest('newer', 1));
    expect((await tally().note([hit('a')], count(2), latest('older'))).firings).toMatchObject([
      { sealed: 'newer' },
    ]);
  });

  test('says what came too late', async () => {
    await tally().note([hit('now')], count(2));
    expect(await tally().note([hit('old', -KEPT_BEHIND - 1)], count(2))).toMatchObject({
      late: 1,
      firings: [],
    });
  });

  test('keeps numbers instead of callbacks past 10,000, across an eviction', async () => {
    for (let part = 0; part < 12; part++) {
      const entries = Array.from({ length: 1_000 }, (_, n) =>
        hit(`${part}/${n}`, part * 40_000 + n * 40),
      );
      await tally().note(entries, count(10_000));
      if (part % 5 === 4) await evict(tally());
    }
    const rows = await runInDurableObject(tally(), (_, { storage }) =>
      storage.sql
        .exec<{ events: number; buckets: number; kept: number }>(
          `WITH window AS (SELECT state FROM portions ORDER BY id DESC LIMIT 1)
           SELECT (SELECT count(*) FROM portions, json_each(entries) WHERE value ->> 'at' >= state_line) AS events,
                  json_array_length(state, '$.buckets') AS buckets,
                  (SELECT sum(value ->> 'sample') FROM json_each(state, '$.buckets')) AS kept
           FROM (SELECT state, state ->> 'line' AS state_line FROM window)`,
        )
        .one(),
    );
    expect(rows.events).toBeLessThanOrEqual(10_000);
    expect(rows.buckets).toBeLessThanOrEqual(100);
    expect(rows.events + rows.kept).toBe(12_000);
    expect((await tally().peek(hit('one more', 12 * 40_000), count(10_000))).reading.hits).toBe(
      12_001,
    );
  });
});

describe('a look', () => {
  test('says what a callback would do, and changes nothing', async () => {
    await tally().note([hit('a')], count(2));
    const found = { reading: { at: NOW + 1, hits: 2, sample: 2 }, fires: true, firedAt: undefined };
    expect(await tally().peek(hit('b', 1), count(2))).toEqual(found);
    expect(await tally().peek(hit('b', 1), count(2))).toEqual(found);
  });

  test('leaves nothing behind where nothing was', async () => {
    expect(await tally().peek(hit('a'), count(1))).toMatchObject({
      fires: true,
      reading: { hits: 1 },
    });
    await tally().done(NOW);
    expect(await tablesOf(tally())).toEqual([]);
  });
});

describe('what is kept', () => {
  test('goes when no window can hold it any more', async () => {
    await tally().note([hit('a')], count(2));
    vi.setSystemTime(NOW + 2 * WINDOW + KEPT_BEHIND);
    await runDurableObjectAlarm(tally());
    expect(await tablesOf(tally())).toEqual([]);
    expect((await tally().note([hit('a', DAY), hit('b', DAY)], count(2))).firings).toHaveLength(1);
  });

  test('stays while callbacks come', async () => {
    await tally().note([hit('a')], count(9));
    vi.setSystemTime(NOW + WINDOW + KEPT_BEHIND);
    await tally().note([hit('b', WINDOW + KEPT_BEHIND)], count(9));
    vi.setSystemTime(NOW + 2 * WINDOW + KEPT_BEHIND);
    await runDurableObjectAlarm(tally());
    expect(await tally().note([hit('b', WINDOW + KEPT_BEHIND)], count(9))).toMatchObject({
      repeated: 1,
    });
  });

  test('stays while a firing waits to be acted upon, two days at most', async () => {
    await tally().note([hit('a')], count(1), latest('sealed'));
    vi.setSystemTime(NOW + DAY);
    await runDurableObjectAlarm(tally());
    expect((await tally().note([hit('a')], count(1))).firings).toMatchObject([
      { sealed: 'sealed' },
    ]);
    vi.setSystemTime(NOW + 3 * DAY);
    await runDurableObjectAlarm(tally());
    expect(await tablesOf(tally())).toEqual([]);
  });
});
