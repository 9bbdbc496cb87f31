import type { Callback } from '../../callbacks/callback.ts';
import type { CompiledRule, Rulebook } from '../model/compiled.ts';
import { type ObservedFacts, observeFacts, type Recall } from '../model/observed-facts.ts';
import { type Decision, hasExpired } from './decide.ts';
import { evaluateRule } from './evaluate.ts';

/** How two ways of deciding one callback differ, by the names of rules. */
export interface Difference {
  /** Rules that hold, but the index left them out. */
  readonly dropped: readonly string[];
  /** Rules that were decided to hold, but json-rules-engine alone rejects them. */
  readonly added: readonly string[];
}

/**
 * Decides a callback a second time with json-rules-engine alone, without index and pre-check, and returns the differences.
 * The cost grows with all rules of the trigger. Rejects only when `recall` does.
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

/** Whether a rule concerns the callback, by json-rules-engine alone. A rule that cannot be evaluated is an error in both ways of deciding. */
async function holds(rule: CompiledRule, seen: ObservedFacts): Promise<boolean> {
  try {
    return await evaluateRule(rule.threshold?.among ?? rule, seen);
  } catch {
    return false;
  }
}
