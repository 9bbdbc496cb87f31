import type { Callback } from '../../callbacks/callback.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { type ObservedFacts, observeFacts, type Recall } from '../model/observed-facts.ts';
import { type Decision, hasExpired } from './decide.ts';
import { evaluateRule } from './evaluate.ts';

/** How two ways of deciding one callback differ, by the names of rules. */
export interface Difference {
  /** They hold, and the sieve dropped them. */
  readonly dropped: readonly string[];
  /** They were decided to hold, and json-rules-engine alone says no. */
  readonly added: readonly string[];
}

/**
 * Decides a callback once more by json-rules-engine alone: no index, no pre-check, every rule on the trigger is judged.
 * As slow as there are rules, and the proof that the short cut in `sieve.ts` is none in meaning. Rejects only when `recall` does.
 */
export async function audit(
  decision: Decision,
  rulebook: Rulebook,
  callback: Callback,
  recall: Recall,
): Promise<Difference> {
  const seen = observeFacts(callback, rulebook.lists, recall);
  const expected = new Set<string>();
  for (const rule of rulebook.rules) {
    if (!rule.enabled || !rule.on.includes(callback.trigger) || hasExpired(rule, callback))
      continue;
    await seen.fetch(rule.uses);
    if (!(await holds(rule, seen))) continue;
    expected.add(rule.name);
    if (rule.stop && !rule.shadow && !rule.threshold) break;
  }
  const found = new Set(
    [...decision.fired, ...decision.shadowed, ...decision.counted].map(({ rule }) => rule.name),
  );
  return {
    dropped: [...expected].filter((name) => !found.has(name)),
    added: [...found].filter((name) => !expected.has(name)),
  };
}

/** Whether a rule has something to say, by the judge alone. A rule that cannot be judged is an error either way. */
async function holds(rule: CompiledRule, seen: ObservedFacts): Promise<boolean> {
  try {
    return await evaluateRule(rule.threshold?.among ?? rule, seen);
  } catch {
    return false;
  }
}
