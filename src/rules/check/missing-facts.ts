import type { CompiledRule } from '../model/compiled.ts';
import { factEntry, isCarried } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import { formatList } from '../model/format.ts';
import { type Leaf, leavesOf, useOf } from '../model/tree.ts';
import type { FactEntry } from '../model/vocabulary.ts';
import { isIn } from '../operators/in.ts';
import { type AnalysisContext, isImpossible, warning } from './analysis-context.ts';
import { sourcePathsOf } from './source-paths.ts';

/**
 * Reports comparisons that say what a fact is not, where most callbacks lack the fact: the rule does not fire for them. Only
 * facts that say so themselves, and only if no other part of the rule asks whether the fact is there.
 */
export function missingFacts({ source, rulebook: { rules } }: AnalysisContext): readonly Finding[] {
  return rules.flatMap((rule) => {
    const places = sourcePathsOf(rule, source);
    const leaves = leavesOf(rule.when);
    return leaves.flatMap((leaf) => {
      const { use, operator } = leaf;
      const place = places.get(leaf);
      if (!place || place.shared !== undefined || !operator.isNegative || operator.takesNoValue)
        return [];
      if (leaves.some((other) => other.use.key === use.key && other.operator.takesNoValue))
        return [];
      const reason = whyMissing(use.fact, rule);
      if (reason === undefined) return [];
      const { name } = use.fact;
      return warning(
        rule.file,
        [...place.path, 'value'],
        'often-missing',
        `${reason}, and a comparison with a missing fact never holds: the rule does not fire then`,
        `if it should, write {"any": [{"fact": "${name}", "operator": "missing"}, { this comparison }]}; if not, add {"fact": "${name}", "operator": "present"}`,
      );
    });
  });
}

function whyMissing(fact: FactEntry, rule: CompiledRule): string | undefined {
  if (fact.usuallyMissing)
    return `"${fact.name}" is missing unless the sender of the message set it`;
  const { onlyWith } = fact;
  const other = onlyWith && factEntry(onlyWith.fact);
  if (!onlyWith || !other || !rule.on.every((trigger) => isCarried(other, [trigger])))
    return undefined;
  return rule.on.every((trigger) => isRequired(rule, valuesOf(other, onlyWith.values), trigger))
    ? undefined
    : `"${fact.name}" is missing unless "${other.name}" is ${formatList(onlyWith.values)}`;
}

/** Whether the rule fires only for callbacks that have one of the values. */
const isRequired = (rule: CompiledRule, leaf: Leaf, trigger: string): boolean =>
  isImpossible(
    [
      { node: rule.when, holds: true },
      { node: leaf, holds: false },
    ],
    { trigger },
  );

function valuesOf(fact: FactEntry, values: readonly string[]): Leaf {
  const [operator] = isIn;
  return {
    kind: 'leaf',
    use: useOf(fact),
    operator,
    value: values,
    holds: operator.bind(values),
  };
}
