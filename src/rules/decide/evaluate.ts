import { Engine, Rule, type TopLevelCondition } from 'json-rules-engine';
import type { NamedCondition } from '../model/compiled.ts';
import { lookup } from '../model/facts.ts';
import type { ObservedFacts } from '../model/observed-facts.ts';
import { type Group, type Leaf, leavesOf } from '../model/tree.ts';

/** A condition for json-rules-engine. Leaves are referred to by number, so that the engine does not clone their operands. */
interface EngineRule {
  readonly conditions: TopLevelCondition;
  readonly leaves: readonly Leaf[];
}

const engineRules = new WeakMap<NamedCondition, EngineRule>();

/** How many engines are kept for further runs. One takes some 10 KB. */
const MOST_KEPT = 500;
/** Engines between two runs, by condition; the one that ran last comes last. */
const kept = new Map<NamedCondition, Engine>();

/**
 * Evaluates one rule with json-rules-engine, in an engine that no other run uses: an engine stores the state of its run, and a
 * shared one drops rules. The engine only gets the facts that the rule uses. Recalled facts must have been fetched.
 */
export async function evaluateRule(rule: NamedCondition, seen: ObservedFacts): Promise<boolean> {
  const engine = kept.get(rule) ?? openEngine(rule);
  // Taken out until its run is over. One that fails is not used again.
  kept.delete(rule);
  // A field by its path is a separate fact, because it can be inside or outside the payload.
  const facts = Object.fromEntries(rule.uses.map((use) => [use.key, seen.read(use)]));
  const { results } = await engine.run(facts);
  kept.set(rule, engine);
  if (kept.size > MOST_KEPT) for (const [oldest] of kept) if (kept.delete(oldest)) break;
  return results.length > 0;
}

function openEngine(rule: NamedCondition): Engine {
  const { conditions, leaves } = engineRuleOf(rule);
  const asked = new Rule({ conditions, event: { type: rule.name } });
  asked.conditions = uncloned(asked.conditions);
  const engine = new Engine([], { allowUndefinedFacts: true, pathResolver: lookup });
  engine.addRule(asked);
  for (const name of new Set(leaves.map(({ operator }) => operator.name))) {
    engine.addOperator(
      name,
      (value: Parameters<Leaf['holds']>[0], place: number) => leaves[place]?.holds(value) ?? false,
    );
  }
  return engine;
}

/**
 * Returns a condition of json-rules-engine as a function with the same properties and methods. At each run the engine
 * clones the conditions and notes on the copy what each comparison found: half of the time of a run. It does not clone
 * functions. No two runs share an engine, so they cannot overwrite each other's notes, and nothing reads them afterwards.
 */
function uncloned(condition: TopLevelCondition): TopLevelCondition {
  const bare: TopLevelCondition = Object.assign(() => undefined, condition);
  return Object.setPrototypeOf(bare, Object.getPrototypeOf(condition));
}

function engineRuleOf(rule: NamedCondition): EngineRule {
  const known = engineRules.get(rule);
  if (known) return known;
  const leaves = [...leavesOf(rule.when)];
  const places = new Map(leaves.map((leaf, place) => [leaf, place]));
  const comparison = (leaf: Leaf) => ({
    fact: leaf.use.key,
    operator: leaf.operator.name,
    value: places.get(leaf),
  });
  const group = (node: Group): TopLevelCondition => {
    const of = node.of.map((child) => (child.kind === 'leaf' ? comparison(child) : group(child)));
    return node.kind === 'all' ? { all: of } : { any: of };
  };
  const conditions =
    rule.when.kind === 'leaf' ? { all: [comparison(rule.when)] } : group(rule.when);
  const brief = { conditions, leaves };
  engineRules.set(rule, brief);
  return brief;
}
