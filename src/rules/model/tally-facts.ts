import type { FactType, FactValue } from '../../callbacks/facts/fact.ts';
import type { Seen } from '../decide/observed-facts.ts';
import type { CompiledThreshold } from './compiled.ts';
import { saidDuration } from './values.ts';
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

/** All that a window can tell. */
export const TALLY_FACTS: readonly FactEntry[] = [COUNT, WITHIN, SAMPLE, SHARE];

/** Facts that only texts of a rule with a threshold can name: what the window held when it fired. */
export const tallyFacts = ({ terms }: Pick<CompiledThreshold, 'terms'>): readonly FactEntry[] =>
  terms.over.kind === 'count' ? [COUNT, WITHIN] : TALLY_FACTS;

/** What a window held, as facts: they travel with the rule's actions. */
export function factsOf(
  threshold: CompiledThreshold,
  { hits, sample }: Reading,
): Readonly<Record<string, FactValue>> {
  const counted = { count: hits, within: saidDuration(threshold.within) };
  return threshold.terms.over.kind === 'count'
    ? counted
    : { ...counted, sample, share: percent(hits / sample) };
}

/** The facts of a callback, and those of the window beside them. */
export const withTally = (seen: Seen, facts: ReturnType<typeof factsOf>): Seen => ({
  ...seen,
  peek: (use) => (Object.hasOwn(facts, use.key) ? { value: facts[use.key] } : seen.peek(use)),
  read: (use) => (Object.hasOwn(facts, use.key) ? facts[use.key] : seen.read(use)),
});

/** "5 %", "7.5 %": a tenth of a percent is as exact as people read. */
export const percent = (part: number): string => `${Math.round(part * 1_000) / 10} %`;
