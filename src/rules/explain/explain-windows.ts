import type { Callback } from '../../callbacks/callback.ts';
import {
  type Counted,
  entryOf,
  isLate,
  type ReadWindow,
  type WindowState,
} from '../decide/counted.ts';
import { formatValue } from '../model/format.ts';
import { formatDuration } from '../model/values.ts';
import { addEntries, crosses, MAX_LATENESS, openWindow, readingAt } from '../model/window.ts';
import type { Explanation } from './explanation.ts';
import { groupWords, readingWords } from './threshold-phrases.ts';

/** Reads windows that only contain the callback itself. */
export const readEmptyWindow =
  (callback: Callback): ReadWindow =>
  async (counted) => {
    const window = openWindow();
    const { terms } = counted.threshold;
    const { crossings } = addEntries(window, [entryOf(callback, counted)], terms);
    return {
      reading: readingAt(window, callback.eventTime, terms),
      fires: crossings.length > 0,
      firedAt: undefined,
    };
  };

/** Adds their windows to the explanations of the rules for which a callback counts. */
export async function withWindows(
  explanations: readonly Explanation[],
  counted: readonly Counted[],
  callback: Callback,
  look: ReadWindow,
): Promise<readonly Explanation[]> {
  return Promise.all(
    explanations.map(async (found) => {
      const counts = counted.find(({ rule }) => rule.name === found.rule);
      if (!counts || found.outcome === 'stopped') return found;
      if (isLate(callback))
        return { ...found, outcome: 'did-not-fire', sentence: lateWords(found.rule, callback) };
      const window = await look(counts);
      const fires = window.fires ? (counts.rule.shadow ? 'shadow' : 'fired') : 'counted';
      return { ...found, window, outcome: fires, sentence: windowWords(counts, window) };
    }),
  );
}

const lateWords = (rule: string, { eventTime, receivedAt }: Callback): string =>
  `${rule} does not count it: it came ${Math.round((receivedAt - eventTime) / 1000)} seconds after it happened, ${MAX_LATENESS / 1000} at most`;

function windowWords(
  { rule, threshold, group, hit }: Counted,
  { reading, fires, firedAt }: WindowState,
): string {
  const of = groupWords(group);
  const held = `${readingWords(threshold, reading)}${of ? ` (${of})` : ''}`;
  if (fires)
    return `${rule.name} ${rule.shadow ? 'would have fired with it, but is in shadow' : 'fires with it'}: ${held}`;
  const quiet =
    firedAt !== undefined && crosses(reading, threshold.terms)
      ? `; it fired at ${formatValue(firedAt, 'time')} and is quiet for ${formatDuration(threshold.cooldown)}`
      : '';
  return `${rule.name} counts it${hit ? '' : ' among those it looks at'}: ${held}${quiet}`;
}
