import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { contest } from '../../bench/decide/contest.ts';
import type { Engine } from '../../bench/decide/engine.ts';
import { baseline, engines } from '../../bench/decide/engines/index.ts';
import { signalbox } from '../../bench/decide/engines/signalbox.ts';
import { dense, tenant } from '../../bench/decide/regimes/equality.ts';
import { regimesOver } from '../../bench/decide/regimes/index.ts';
import { tableOf } from '../../bench/decide/table.ts';
import { writeCallbacks } from '../../bench/growth/callbacks.ts';
import { growthRules, withChanges, writeRules } from '../../bench/growth/rules.ts';
import { backtestMeasured, replayMeasured } from '../../bench/growth/run.ts';
import { RULEBOOK } from '../setup/home.ts';

/** Ratios of what ran side by side are wide of the mark even on a busy machine; times alone would not be. */
const regimes = regimesOver(RULEBOOK);
const QUICK = { rounds: 5, turn: 40 };

const timeOf = async (n: number, rivals: readonly Engine[] = []) => {
  const { rows } = await contest(tenant, n, [...rivals, signalbox], QUICK);
  return (
    rows.find(({ engine }) => engine === signalbox.name) ?? { us: Number.NaN, ratio: Number.NaN }
  );
};

describe('deciding', { timeout: 120_000 }, () => {
  test('is at least 100 times as fast as json-rules-engine at 1,000 rules', async () =>
    expect((await timeOf(1_000, [baseline])).ratio).toBeGreaterThan(100));

  test('costs at 10,000 rules at most six times what it costs at 100', async () => {
    const [few, many] = [await timeOf(100), await timeOf(10_000)];
    expect(many.us / few.us).toBeLessThan(6);
  });

  test.each(regimes)('agrees with json-rules-engine in every use of it, $name', async (regime) => {
    const [smallest = 0, size = smallest] = regime.sizes(false);
    const { rows, disagreements, fired } = await contest(regime, size, engines, {
      rounds: 1,
      turn: 0,
    });
    expect(disagreements).toEqual([]);
    expect(rows.every(({ agreed }) => agreed)).toBe(true);
    // No shipped rule acts on a message that was delivered.
    expect(fired > 0).toBe(regime.name !== 'delivered');
  });
});

describe('the benchmark', () => {
  const silent: Engine = {
    name: 'silent',
    inWorkers: true,
    expresses: () => true,
    load: () => () => [],
  };

  test('times nothing where an engine disagrees, and says on what', async () => {
    const done = await contest(dense, 100, [signalbox, silent], { rounds: 1, turn: 0 });
    expect(done.rows.map(({ engine, agreed, us }) => [engine, agreed, us])).toEqual([
      ['signalbox', true, Number.NaN],
      ['silent', false, Number.NaN],
    ]);
    expect(tableOf(done, dense)).toMatch(
      /silent, callback \d+ \([A-Z_]+\): fires nothing instead of rule-\d+/,
    );
  });

  test('hands every engine the same rules and callbacks each time', async () => {
    for (const { source, bodies } of regimes) {
      expect(await source(50)).toEqual(await source(50));
      expect(await bodies(50)).toEqual(await bodies(50));
    }
  });
});

describe('many callbacks', { timeout: 120_000 }, () => {
  const written = async (callbacks: number, people: number) => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-growth-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const [file, rules] = [join(folder, 'day.ndjson'), join(folder, 'rules')];
    const changed = join(folder, 'changed');
    await writeRules(rules, growthRules(100));
    await writeRules(changed, withChanges(growthRules(100)));
    await writeCallbacks(file, { callbacks, people, apps: 10 });
    return {
      replay: { words: ['replay', file, '--rules', rules], callbacks, heapLimitMb: 96 },
      backtest: {
        words: ['backtest', '--file', file, '--rules', changed, '--against', rules],
        callbacks,
        heapLimitMb: 96,
      },
    };
  };

  test('need no more memory at their end than at their beginning', async () => {
    const { replay, backtest } = await written(20_000, 6_000);
    for (const { rows, found } of [
      await replayMeasured(replay, () => {}),
      await backtestMeasured(backtest, () => {}),
    ]) {
      expect(rows.map(({ callbacks }) => callbacks)).toEqual([
        2_000, 5_000, 10_000, 15_000, 20_000,
      ]);
      expect(found).toBeGreaterThan(0);
      const [first, last] = [rows[1]?.heapMb ?? 0, rows[4]?.heapMb ?? Number.NaN];
      expect(last / first).toBeLessThan(1.25);
    }
  });

  test('are no result when the process ends early', async () => {
    const { replay } = await written(100, 10);
    await expect(replayMeasured({ ...replay, callbacks: 200 }, () => {})).rejects.toThrow(
      'replay ended with 0 after 100 of 200 callbacks',
    );
  });
});
