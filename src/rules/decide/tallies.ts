import type { Callback } from '../../callbacks/callback.ts';
import type { Rulebook } from '../model/compiled.ts';
import { observeFacts } from '../model/observed-facts.ts';
import { factsOf, withTally } from '../model/tally-facts.ts';
import { addEntries, type Reading, readingAt } from '../model/window.ts';
import type { ReadWindow } from './counted.ts';
import { type Counted, entryOf, groupKey, isLate } from './counted.ts';
import { type Decision, decide, type Fired, fire, type Recall } from './decide.ts';
import { LIMITS, openKeptWindows } from './kept-windows.ts';

/** A window that made its rule fire, and its newest hit, whose facts fill the templates. */
export interface Crossing {
  readonly reading: Reading;
  readonly callback: Callback;
  readonly recall: Recall;
}

/** Returns the decision of a window that made its rule fire. The facts of the window are available to its templates. */
export async function decideCrossing(
  rulebook: Rulebook,
  { rule, threshold }: Pick<Counted, 'rule' | 'threshold'>,
  { reading, callback, recall }: Crossing,
): Promise<Decision> {
  const tally = factsOf(threshold, reading);
  const seen = withTally(observeFacts(callback, rulebook.lists, recall), tally);
  await seen.fetch(rule.uses);
  const { found, faults } = await fire(rule, seen);
  const fired: readonly Fired[] = [{ ...found, saw: { ...found.saw, ...tally } }];
  return {
    version: rulebook.version,
    lists: rulebook.lists,
    fired: rule.shadow ? [] : fired,
    shadowed: rule.shadow ? fired : [],
    counted: [],
    erred: faults.map((message) => ({ rule: rule.name, message })),
  };
}

/** Decides a callback together with the windows that it counts in, without changing them. */
export async function decideWithWindows(
  rulebook: Rulebook,
  callback: Callback,
  recall: Recall,
  look: ReadWindow,
): Promise<Decision> {
  const decision = await decide(rulebook, callback, recall);
  if (isLate(callback)) return decision;
  const crossed: Decision[] = [];
  for (const counted of decision.counted) {
    const { fires, reading } = await look(counted);
    if (fires) crossed.push(await decideCrossing(rulebook, counted, { reading, callback, recall }));
  }
  return joined(decision, crossed);
}

const joined = (decision: Decision, crossed: readonly Decision[]): Decision => ({
  ...decision,
  fired: [...decision.fired, ...crossed.flatMap(({ fired }) => fired)],
  shadowed: [...decision.shadowed, ...crossed.flatMap(({ shadowed }) => shadowed)],
  erred: [...decision.erred, ...crossed.flatMap(({ erred }) => erred)],
});

/** Windows in memory for dry runs: `test`, `replay`, backtests. They count like the Worker's. */
export interface Tallies {
  /** Decides a callback and counts it. A rule with a threshold fires with the callback that crosses it. */
  readonly decide: (rulebook: Rulebook, callback: Callback, recall: Recall) => Promise<Decision>;
  /** Counts a callback for one rule and returns the resulting decisions. */
  readonly count: (
    rulebook: Rulebook,
    callback: Callback,
    recall: Recall,
    counted: Counted,
  ) => Promise<readonly Decision[]>;
  /** Returns the window of a callback. */
  readonly reading: (callback: Callback, counted: Counted) => Reading;
}

/**
 * Opens empty windows in memory, as many as `limits` allows.
 * @param onLoss called for each window that is evicted before it is over; its rule may then fire later than in the Worker
 */
export function openTallies(
  onLoss: () => void = () => {},
  limits: typeof LIMITS = LIMITS,
): Tallies {
  const windows = openKeptWindows<Omit<Crossing, 'reading'>>(onLoss, limits);
  const windowOf = ({ rule, threshold, group }: Counted) =>
    windows.of(`${rule.name} ${groupKey(group)}`, threshold.terms);
  async function countIn(
    rulebook: Rulebook,
    callback: Callback,
    recall: Recall,
    counted: Counted,
  ): Promise<Decision[]> {
    if (isLate(callback)) return [];
    const held = windowOf(counted);
    const { crossings, added } = addEntries(
      held.window,
      [entryOf(callback, counted)],
      counted.threshold.terms,
    );
    windows.tidy(callback.eventTime);
    const newer =
      callback.eventTime >= (held.latest?.callback.eventTime ?? Number.NEGATIVE_INFINITY);
    if (counted.hit && newer && added.length > 0) held.latest = { callback, recall };
    const { latest } = held;
    if (!latest) return [];
    return Promise.all(
      crossings.map((reading) => decideCrossing(rulebook, counted, { ...latest, reading })),
    );
  }
  return {
    async decide(rulebook, callback, recall) {
      const decision = await decide(rulebook, callback, recall);
      const crossed: Decision[] = [];
      for (const counted of decision.counted)
        crossed.push(...(await countIn(rulebook, callback, recall, counted)));
      return joined(decision, crossed);
    },
    count: countIn,
    reading: (callback, counted) =>
      readingAt(windowOf(counted).window, callback.eventTime, counted.threshold.terms),
  };
}
