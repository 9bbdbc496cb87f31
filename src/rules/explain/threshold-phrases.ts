import type { Counted } from '../decide/counted.ts';
import type { CompiledThreshold } from '../model/compiled.ts';
import { formatList, formatValue } from '../model/format.ts';
import { percent } from '../model/tally-facts.ts';
import { formatDuration } from '../model/values.ts';
import type { Reading } from '../model/window.ts';
import { factWords, withArticle } from './phrases.ts';

/**
 * What follows the condition of a rule in its sentence: "at least 20 times within any 10 minutes, for each app and channel".
 * @param among the condition of a share's callbacks, in words
 */
export function thresholdWords(threshold: CompiledThreshold, among: string): string {
  const { terms, per, within } = threshold;
  const groups = per.length === 0 ? '' : `, for each ${formatList(per.map(factWords), 'and')}`;
  const window = `within any ${formatDuration(within).replace(/^1 /, '')}${groups}`;
  return terms.over.kind === 'count'
    ? `at least ${times(terms.over.count)} ${window}`
    : `in over ${percent(terms.over.share)} of the cases in which ${among}, of at least ${terms.over.atLeast}, ${window}`;
}

/** "At most once an hour for each.": what comes after the actions. */
export const cooldownWords = ({ cooldown, per }: CompiledThreshold): string => {
  const often = withArticle(formatDuration(cooldown).replace(/^1 /, '')).replace(
    'a hour',
    'an hour',
  );
  const seldom = /^1\D/.test(cooldown) ? often : `in ${formatDuration(cooldown)}`;
  return `At most once ${seldom}${per.length > 0 ? ' for each' : ''}.`;
};

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** What a rule's window holds: "12 of the 20 that it needs", "7.5 % of 410 (over 5 % of at least 200 makes it fire)". */
export function readingWords(
  { terms, within }: CompiledThreshold,
  { hits, sample }: Reading,
): string {
  const { over } = terms;
  const held =
    over.kind === 'count'
      ? `${hits} of the ${over.count} that it needs`
      : `${hits} of ${sample}, ${sample === 0 ? '0 %' : percent(hits / sample)} (it needs over ${percent(over.share)} of at least ${over.atLeast})`;
  return `${held}, within ${formatDuration(within)}`;
}

/** "app_id A, channel SMS": which of a rule's windows. */
export const groupWords = (group: Counted['group']): string =>
  Object.entries(group)
    .map(([name, value]) => `${name} ${formatValue(value)}`)
    .join(', ');
