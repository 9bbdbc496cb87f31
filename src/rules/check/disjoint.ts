import type { CompiledRule } from '../model/compiled.ts';
import type { Node } from '../model/tree.ts';

/** Facts that must have one of some values, or the rule does not fire. */
type Demands = ReadonlyMap<string, ReadonlySet<unknown>>;

const known = new WeakMap<CompiledRule, Demands>();

/**
 * Whether two rules demand different values of one fact, so that they never fire together. Quick, for looking through
 * many pairs: where it says no, they may still exclude each other.
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

/** What must hold in any case: comparisons with exact values that stand alone, or in an "all". */
function gather(node: Node, demands: Map<string, ReadonlySet<unknown>>): Demands {
  if (node.kind === 'all') for (const child of node.of) gather(child, demands);
  if (node.kind === 'leaf' && node.operator.index?.kind === 'value') {
    const earlier = demands.get(node.use.key);
    const values = node.operator.index
      .keysOf(node.value)
      .filter((value) => earlier?.has(value) ?? true);
    demands.set(node.use.key, new Set(values));
  }
  return demands;
}

/** Finds, of many rules, those that may fire together with one: by the fact that tells most of them apart. */
export function neighboursIn(
  rules: readonly CompiledRule[],
): (rule: CompiledRule) => readonly CompiledRule[] {
  const shelves = new Map<string, Map<unknown, CompiledRule[]>>();
  for (const rule of rules) {
    for (const [key, values] of demandsOf(rule)) {
      const shelf = shelves.get(key) ?? new Map<unknown, CompiledRule[]>();
      shelves.set(key, shelf);
      for (const value of values) {
        const there = shelf.get(value) ?? [];
        there.push(rule);
        shelf.set(value, there);
      }
    }
  }
  const [best] = [...shelves].sort(([, a], [, b]) => b.size - a.size);
  if (!best) return () => rules;
  const [key, shelf] = best;
  const anywhere = rules.filter((rule) => !demandsOf(rule).has(key));
  return (rule) => {
    const values = demandsOf(rule).get(key);
    if (!values) return rules;
    const near = new Set([...anywhere, ...[...values].flatMap((value) => shelf.get(value) ?? [])]);
    return [...near].filter((other) => !areDisjoint(rule, other));
  };
}
