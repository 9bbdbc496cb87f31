import { describe } from '../rules/explain/describe.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import type { Effect } from '../work/effect.ts';

const sentences = new WeakMap<CompiledRule, string>();

/** What an effect tells of its rule. */
export function summarizeRule(rule: CompiledRule): Effect['rule'] {
  const { name, owner, why, labels, nextStep } = rule;
  const sentence = sentences.get(rule) ?? describe(rule);
  sentences.set(rule, sentence);
  return { name, owner, why, sentence, ...(nextStep ? { nextStep } : {}), labels };
}

const ended = new WeakMap<Rulebook, ReadonlySet<string>>();

/** Whether some rule says when this one's alerts are over. */
export function isResolvable(rule: string, rulebook: Rulebook): boolean {
  const known =
    ended.get(rulebook) ??
    new Set(rulebook.rules.flatMap((other) => (other.enabled ? other.resolves : [])));
  ended.set(rulebook, known);
  return known.has(rule);
}
