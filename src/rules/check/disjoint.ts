import type { CompiledRule } from '../model/compiled.ts';
import type { Node } from '../model/tree.ts';

/** Facts for which the rule requires one of some values. */
type Demands = ReadonlyMap<string, ReadonlySet<unknown>>;

const known = new WeakMap<CompiledRule, Demands>();

/**
 * Whether two rules require different values of one fact, so that they never fire together. Fast, for many pairs. If it
 * returns false, the rules may still exclude each other.
 */
function areDisjoint(one: CompiledRule, other: CompiledRule): boolean {
  const theirs = demandsOf(other);
  for (const [key, values] of demandsOf(one)) {
    const wanted = theirs.get(key);
    if (wanted && !haveCommon(values, wanted)) return true;
  }
  return false;
}

function haveCommon(some: ReadonlySet<unknown>, others: ReadonlySet<unknown>): boolean {
  if (some.size > others.size) return haveCommon(others, some);
  for (const value of some) if (others.has(value)) return true;
  return false;
}

function demandsOf(rule: CompiledRule): Demands {
  const found = known.get(rule) ?? gather(rule.when, new Map());
  known.set(rule, found);
  return found;
}

/** Collects the required exact values: comparisons that are the whole condition or part of an "all". */
function gather(node: Node, demands: Map<string, ReadonlySet<unknown>>): Demands {
  if (node.kind === 'all') for (const child of node.of) gather(child, demands);
  if (node.kind !== 'leaf') return demands;
  const { partition, isNegative, takesNoValue } = node.operator;
  if (partition?.by === 'value' && !isNegative && !takesNoValue) {
    const earlier = demands.get(node.use.key);
    const values = partition.at(node.value).filter((value) => earlier?.has(value) ?? true);
    demands.set(node.use.key, new Set(values));
  }
  return demands;
}

/** Returns a function that finds the rules that may fire together with one, by the fact with the most distinct values. */
export function neighboursIn(
  rules: readonly CompiledRule[],
): (rule: CompiledRule) => readonly CompiledRule[] {
  const byFact = new Map<string, Map<unknown, CompiledRule[]>>();
  for (const rule of rules) {
    for (const [key, values] of demandsOf(rule)) {
      const byValue = byFact.get(key) ?? new Map<unknown, CompiledRule[]>();
      byFact.set(key, byValue);
      for (const value of values) {
        const there = byValue.get(value) ?? [];
        there.push(rule);
        byValue.set(value, there);
      }
    }
  }
  const [best] = [...byFact].sort(([, a], [, b]) => b.size - a.size);
  if (!best) return () => rules;
  const [key, byValue] = best;
  const anywhere = rules.filter((rule) => !demandsOf(rule).has(key));
  return (rule) => {
    const values = demandsOf(rule).get(key);
    if (!values) return rules;
    const near = new Set([
      ...anywhere,
      ...[...values].flatMap((value) => byValue.get(value) ?? []),
    ]);
    return [...near].filter((other) => !areDisjoint(rule, other));
  };
}
