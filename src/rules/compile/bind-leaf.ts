import { factEntry } from '../model/facts.ts';
import { type Comparison, type FactUse, type Leaf, type Node, useOf } from '../model/tree.ts';
import { operatorNamed } from '../operators/index.ts';
import type { Operator } from '../operators/operator.ts';

/**
 * Prepares a comparison for evaluation. `negated`: an odd number of `not` is above it, so its operator's negation is used.
 * An operator that compares with the previous value becomes a group of two comparisons.
 */
export function bindLeaf(comparison: Comparison, negated: boolean): Node {
  const operator = negated ? known(comparison.operator.negation) : comparison.operator;
  const { expansion } = operator;
  const { use, value, lists } = comparison;
  const previous =
    expansion && use.fact.previous !== undefined ? factEntry(use.fact.previous) : undefined;
  if (!expansion || !previous)
    return {
      kind: 'leaf',
      use,
      operator,
      value,
      ...(lists && { lists }),
      holds: operator.bind(value),
    };
  return {
    kind: expansion.group,
    comparison: { ...comparison, operator },
    of: [
      leafOf(useOf(use.fact, use.path), known(expansion.now), value),
      leafOf(useOf(previous, use.path), known(expansion.before), value),
    ],
  };
}

const leafOf = (use: FactUse, operator: Operator, value: unknown): Leaf => ({
  kind: 'leaf',
  use,
  operator,
  value,
  holds: operator.bind(value),
});

function known(name: string): Operator {
  const operator = operatorNamed(name);
  if (!operator) throw new Error(`operators/index.ts does not list "${name}"`);
  return operator;
}
