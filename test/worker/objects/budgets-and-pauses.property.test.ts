import { runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Budgets } from '../../../src/objects/budgets/budgets.ts';
import type { PauseKind } from '../../../src/objects/pauses/pauses.ts';
import { runs } from '../../setup/runs.ts';
import { env } from '../box.ts';
import { evict, reset } from '../storage.ts';

afterEach(() => reset());

const NOON = Date.parse('2026-11-20T12:00:00Z');
const WITHIN = 60_000;
let opened = 0;

/** What a budget has answered so far: each key its first answer, with the moment of it. */
interface Spending {
  now: number;
  readonly answers: Map<string, { at: number; allowed: boolean; first: boolean }>;
}
type BudgetObject = ReturnType<typeof env.BUDGETS.getByName>;
type OnBudget = fc.AsyncCommand<Spending, BudgetObject>;

/** Spends one, a while after the last spend. */
const spending = (key: string, later: number, count: number): OnBudget => ({
  check: () => true,
  toString: () => `spend(${key}, +${later})`,
  async run(model, budget) {
    model.now += later;
    const { now, answers } = model;
    for (const [old, { at }] of answers) if (at <= now - WITHIN) answers.delete(old);
    const granted = [...answers.values()].filter(({ allowed }) => allowed).length;
    const refusedBefore = answers.size > granted;
    const spent = await budget.spend(key, { count, within: WITHIN }, now);
    const earlier = answers.get(key);
    if (earlier) {
      expect(spent).toEqual({ allowed: earlier.allowed, used: granted, first: earlier.first });
      return;
    }
    const allowed = granted < count;
    const first = !allowed && !refusedBefore;
    answers.set(key, { at: now, allowed, first });
    expect(spent).toEqual({ allowed, used: granted + (allowed ? 1 : 0), first });
    expect([...answers.values()].filter((answer) => answer.allowed).length).toBeLessThanOrEqual(
      count,
    );
  },
});

describe('a budget', () => {
  test('reads as little of what was spent for the twenty thousandth as for the first, and counts on when it was evicted', async () => {
    const budget = env.BUDGETS.getByName(`much-${++opened}`);
    const allowance = { count: 20_001, within: WITHIN };
    await budget.spend('first', allowance, NOON);
    await runInDurableObject(budget, (_, state) =>
      state.storage.sql.exec(`
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
        INSERT INTO spends SELECT 'k' || i, ${NOON}, 1 FROM n`),
    );
    await evict(budget);
    const rows = await runInDurableObject(budget, async (object: Budgets, state) => {
      let sum = 0;
      const { sql } = state.storage;
      const exec = sql.exec.bind(sql);
      vi.spyOn(sql, 'exec').mockImplementation((...given) => {
        const cursor = exec(...given);
        const all = cursor.toArray();
        sum += cursor.rowsRead;
        return Object.assign(all, { toArray: () => all, one: () => all[0] }) as never;
      });
      expect(await object.spend('next', allowance, NOON)).toEqual({
        allowed: true,
        used: 20_001,
        first: false,
      });
      expect(await object.spend('over', allowance, NOON)).toEqual({
        allowed: false,
        used: 20_001,
        first: true,
      });
      vi.restoreAllMocks();
      return sum;
    });
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(50);
  });

  test('never allows more than it is in any window, and answers a repeated key as the first time', async () => {
    const plans = fc
      .integer({ min: 1, max: 4 })
      .chain((count) =>
        fc.commands(
          [
            fc
              .tuple(
                fc.constantFrom(...'abcdefghijkl'),
                fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(WITHIN - 1, WITHIN)),
              )
              .map(([key, later]) => spending(key, later, count)),
          ],
          { maxCommands: 30, size: 'max' },
        ),
      );
    await fc.assert(
      fc.asyncProperty(plans, async (commands) => {
        const budget = env.BUDGETS.getByName(`trial-${++opened}`);
        await fc.asyncModelRun(
          () => ({ model: { now: NOON, answers: new Map() }, real: budget }),
          commands,
        );
      }),
      { numRuns: runs(20) },
    );
  });

  test('spends what comes at once no more than once each', async () => {
    const budget = env.BUDGETS.getByName(`trial-${++opened}`);
    const keys = Array.from({ length: 20 }, (_, n) => `key-${n % 10}`);
    const answers = await Promise.all(
      keys.map((key) => budget.spend(key, { count: 4, within: WITHIN }, NOON)),
    );
    const allowed = new Set(keys.filter((_, index) => answers[index]?.allowed));
    const broke = new Set(keys.filter((_, index) => answers[index]?.first));
    expect([allowed.size, broke.size]).toEqual([4, 1]);
  });
});

/** Which levers are pulled, by whom, and how many were put back. */
interface Pulled {
  now: number;
  readonly by: Map<string, string>;
  ended: number;
}
type PausesObject = ReturnType<typeof env.PAUSES.getByName>;
type OnPauses = fc.AsyncCommand<Pulled, PausesObject>;
interface PauseName {
  readonly kind: PauseKind;
  readonly name: string;
}

const look = async (model: Pulled, pauses: PausesObject): Promise<void> => {
  const seen = (await pauses.inForce()).map(({ kind, name, actor }) => [`${kind}/${name}`, actor]);
  expect(seen.toSorted()).toEqual([...model.by].toSorted());
  expect(await pauses.past(1000)).toHaveLength(model.ended);
};

const pulling = ({ kind, name }: PauseName, by: string): OnPauses => ({
  check: () => true,
  toString: () => `pause(${kind} ${name}, ${by})`,
  async run(model, pauses) {
    const place = `${kind}/${name}`;
    model.now += 1;
    const pause = await pauses.pause({
      id: crypto.randomUUID(),
      kind,
      name,
      actor: by,
      reason: 'w',
      since: model.now,
    });
    if (!model.by.has(place)) model.by.set(place, by);
    expect(pause.actor).toBe(model.by.get(place));
    await look(model, pauses);
  },
});

const puttingBack = ({ kind, name }: PauseName): OnPauses => ({
  check: () => true,
  toString: () => `resume(${kind} ${name})`,
  async run(model, pauses) {
    const place = `${kind}/${name}`;
    model.now += 1;
    const ended = await pauses.resume(kind, name, 'ines', model.now, 'it is over');
    expect(ended?.actor).toBe(model.by.get(place));
    if (model.by.delete(place)) model.ended += 1;
    await look(model, pauses);
  },
});

test('levers end as the last call says, whoever pulled and put back what before', async () => {
  const pause = fc.constantFrom<PauseName>(
    { kind: 'everything', name: '' },
    { kind: 'rule', name: 'stop' },
    { kind: 'rule', name: 'retry' },
    { kind: 'action', name: 'retry' },
    { kind: 'app', name: 'app-1' },
  );
  const plans = fc.commands(
    [
      fc.tuple(pause, fc.constantFrom('ada', 'bo')).map(([which, by]) => pulling(which, by)),
      pause.map((which) => puttingBack(which)),
    ],
    { maxCommands: 25, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(plans, async (commands) => {
      const pauses = env.PAUSES.getByName(`trial-${++opened}`);
      await fc.asyncModelRun(
        () => ({ model: { now: NOON, by: new Map(), ended: 0 }, real: pauses }),
        commands,
      );
    }),
    { numRuns: runs(20) },
  );
});
