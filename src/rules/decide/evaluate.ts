import { Engine, type TopLevelCondition } from 'json-rules-engine';
import type { NamedCondition } from '../model/compiled.ts';
import { lookup } from '../model/facts.ts';
import type { ObservedFacts } from '../model/observed-facts.ts';
import { type Leaf, leavesOf, type Node } from '../model/tree.ts';

/** A rule as json-rules-engine reads it: leaves are numbered, so that their prepared values are not cloned at every run. */
interface EngineRule {
  readonly conditions: TopLevelCondition;
  readonly leaves: readonly Leaf[];
}

const engineRules = new WeakMap<NamedCondition, EngineRule>();

/**
 * Asks json-rules-engine about one rule, in an engine of its own: an engine keeps its run's state on itself, and one
 * that is shared drops rules. It gets the facts the rule uses, and nothing else. Recalled facts must have been fetched.
 */
export async function evaluateRule(rule: NamedCondition, seen: ObservedFacts): Promise<boolean> {
  const { conditions, leaves } = engineRuleOf(rule);
  const engine = new Engine([{ conditions, event: { type: rule.name } }], {
    allowUndefinedFacts: true,
    pathResolver: lookup,
  });
  for (const name of new Set(leaves.map(({ operator }) => operator.name))) {
    engine.addOperator(
      name,
      (value: Parameters<Leaf['holds']>[0], place: number) => leaves[place]?.holds(value) ?? false,
    );
  }
  // A field by its path is a fact of its own, because it may lie in the payload or beside it.
  const facts = Object.fromEntries(rule.uses.map((use) => [use.key, seen.read(use)]));
  const { results } = await engine.run(facts);
  return results.length > 0;
}

function engineRuleOf(rule: NamedCondition): EngineRule {
  const known = engineRules.get(rule);
  if (known) return known;
  const leaves = [...leavesOf(rule.when)];
  const places = new Map(leaves.map((leaf, place) => [leaf, place]));
  const written = (
    node: Node,
  ): TopLevelCondition | { fact: string; operator: string; value: unknown } => {
    if (node.kind === 'leaf')
      return { fact: node.use.key, operator: node.operator.name, value: places.get(node) };
    return node.kind === 'all' ? { all: node.of.map(written) } : { any: node.of.map(written) };
  };
  const brief = { conditions: { all: [written(rule.when)] }, leaves };
  engineRules.set(rule, brief);
  return brief;
}
