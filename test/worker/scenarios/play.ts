import { afterEach, describe, expect, test, vi } from 'vitest';
import { ROWS } from '../../founding-pages/row.ts';
import { openBox } from '../box.ts';
import { deliveriesPassedOn } from '../deliveries-passed-on.ts';
import { migrate } from '../migrate.ts';
import { publish, rules } from '../publisher.ts';
import { reset } from '../storage.ts';
import type { Scenario } from './scenario.ts';
import { SUITES } from './suites.ts';

/** Plays a scenario through a whole Signalbox, from the signed callback to what can be seen afterwards. */
async function run({ comes, seen, is, rules: more, settings = {} }: Scenario): Promise<void> {
  const box = openBox({}, settings);
  if (more) await publish(box, rules(more));
  for (const callback of comes) {
    expect(await box.take(callback)).toMatchObject({ fired: expect.any(Array) });
    await box.drain();
  }
  await box.drain(3600);
  await deliveriesPassedOn();
  expect(await seen(box)).toEqual(is);
}

/**
 * Plays scenarios: one case for each row of the founding pages that they prove, which runs all of its scenarios, and one for each
 * scenario without a row. A scenario of several rows runs once.
 */
export function play(suite: keyof typeof SUITES): void {
  const scenarios: readonly Scenario[] = SUITES[suite];
  const clear = async (): Promise<void> => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    await reset();
  };
  afterEach(clear);

  const ends = new Map<Scenario, { readonly error?: unknown }>();
  const playOnce = async (scenario: Scenario): Promise<void> => {
    const end =
      ends.get(scenario) ??
      (await run(scenario).then(
        () => ({}),
        (error: unknown) => ({ error }),
      ));
    ends.set(scenario, end);
    if ('error' in end) throw end.error;
  };
  const proving = (id: string) =>
    scenarios.filter(({ rows = [] }) => rows.some((row) => row === id));

  describe(`the founding pages, ${suite}`, () => {
    test.each(ROWS.filter(({ id }) => proving(id).length > 0))('$id: $row', async ({ id }) => {
      for (const scenario of proving(id)) {
        await playOnce(scenario);
        await clear();
        await migrate();
      }
    });

    const others = scenarios.filter(({ rows }) => rows === undefined);
    if (others.length > 0) test.each(others)('$message', playOnce);
  });
}
