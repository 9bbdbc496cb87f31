import type { Callback } from '../../callbacks/callback.ts';
import { type Counted, countCallback } from '../decide/counted.ts';
import type { Fired } from '../decide/decide.ts';
import { openTallies } from '../decide/tallies.ts';
import { explainRule } from '../explain/explain-rule.ts';
import { groupWords, readingWords } from '../explain/threshold-phrases.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { observeFacts, type Recall } from '../model/observed-facts.ts';

/** The result of a rule with a threshold for several callbacks. */
export interface SequenceResult {
  /** Whether it fired for any of them. */
  readonly fired: boolean;
  readonly sentence: string;
  /** The rule with the facts of its window, and the callback that made it fire. */
  readonly crossing?: { readonly fired: Fired; readonly callback: Callback };
}

/** Runs callbacks in order through one rule with a threshold, until it fires. */
export async function runSequence(
  rulebook: Rulebook,
  rule: CompiledRule,
  callbacks: AsyncIterable<Callback>,
): Promise<SequenceResult> {
  const tallies = openTallies();
  let [number, lastWords] = [0, `${rule.name} did not fire: no callback came`];
  for await (const callback of callbacks) {
    number++;
    if (!rule.on.includes(callback.trigger)) {
      lastWords = `${rule.name} did not fire: the callback is ${callback.trigger}, the rule listens to ${rule.on.join(', ')}`;
      continue;
    }
    const recall: Recall = async (name) => callback.fact(name, rulebook.lists);
    const seen = observeFacts(callback, rulebook.lists, recall);
    await seen.fetch(rule.uses);
    const counted = rule.threshold && (await countCallback(rule, rule.threshold, seen));
    if (!counted) {
      lastWords = explainRule(rule, seen, false).sentence;
      continue;
    }
    const crossed = await tallies.count(rulebook, callback, recall, counted);
    const words = sequenceWindowWords(counted, tallies.reading(callback, counted));
    const [first] = crossed.flatMap(({ fired, shadowed }) => [...fired, ...shadowed]);
    if (first)
      return {
        fired: true,
        sentence: `${rule.name} fired at callback ${number}: ${words}`,
        crossing: { fired: first, callback },
      };
    lastWords = `${rule.name} did not fire: its window came to hold ${words}`;
  }
  return { fired: false, sentence: lastWords };
}

function sequenceWindowWords(
  { threshold, group }: Counted,
  reading: Parameters<typeof readingWords>[1],
): string {
  const of = groupWords(group);
  return `${readingWords(threshold, reading)}${of ? ` (${of})` : ''}`;
}
