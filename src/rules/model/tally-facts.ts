import type { FactType, FactValue } from '../../callbacks/facts/fact.ts';
import type { CompiledThreshold } from './compiled.ts';
import type { ObservedFacts } from './observed-facts.ts';
import { formatDuration } from './values.ts';
import type { FactEntry } from './vocabulary.ts';
import type { Reading } from './window.ts';

const entry = (name: string, type: FactType, description: string): FactEntry => ({
  name,
  type,
  summary: name,
  description,
  personal: false,
  triggers: [],
});

const COUNT = entry('count', 'number', 'How many callbacks in the window the condition held for.');
const WITHIN = entry('within', 'text', 'How long the window is, in words: “10 minutes”.');
const SAMPLE = entry('sample', 'number', 'How many callbacks in the window were looked at.');
const SHARE = entry('share', 'text', 'The part for which the condition held: “7.5 %”.');

/** Every fact about a window. */
export const TALLY_FACTS: readonly FactEntry[] = [COUNT, WITHIN, SAMPLE, SHARE];

/** Facts about the window that made a rule fire. Only templates of a rule with that threshold can use them. */
export const tallyFacts = ({ terms }: Pick<CompiledThreshold, 'terms'>): readonly FactEntry[] =>
  terms.over.kind === 'count' ? [COUNT, WITHIN] : TALLY_FACTS;

/** Returns a window as facts, which the rule's actions carry. */
export function factsOf(
  threshold: CompiledThreshold,
  { hits, sample }: Reading,
): Readonly<Record<string, FactValue>> {
  const counted = { count: hits, within: formatDuration(threshold.within) };
  return threshold.terms.over.kind === 'count'
    ? counted
    : { ...counted, sample, share: percent(hits / sample) };
}

/** Returns the facts of a callback together with those of its window. */
export const withTally = (
  seen: ObservedFacts,
  facts: ReturnType<typeof factsOf>,
): ObservedFacts => ({
  ...seen,
  peek: (use) => (Object.hasOwn(facts, use.key) ? { value: facts[use.key] } : seen.peek(use)),
  read: (use) => (Object.hasOwn(facts, use.key) ? facts[use.key] : seen.read(use)),
});

/** Formats a share, rounded to a tenth of a percent: "5 %", "7.5 %". */
export const percent = (part: number): string => `${Math.round(part * 1_000) / 10} %`;
