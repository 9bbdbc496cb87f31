import type { NamedCondition } from '../model/compiled.ts';
import { evaluateNode, type FactReader, type Group, type Node, usesOf } from '../model/tree.ts';

/** How many witnesses of a rule are kept. A rule with more of them is evaluated whole. */
const MOST_KEPT = 4;
const kept = new WeakMap<NamedCondition, Map<string, NamedCondition>>();

/**
 * Returns the part of a condition that makes it true: of each `any` one branch that holds. If the part is true, so is the
 * condition, whatever the other branches are. Returns the condition itself where nothing can be left out.
 */
export function witnessOf(condition: NamedCondition, see: FactReader): NamedCondition {
  const choices: number[] = [];
  const when = choose(condition.when, see, choices);
  if (when === condition.when) return condition;
  const key = choices.join();
  const witnesses = kept.get(condition) ?? new Map<string, NamedCondition>();
  kept.set(condition, witnesses);
  const known = witnesses.get(key);
  if (known) return known;
  if (witnesses.size >= MOST_KEPT) return condition;
  const witness = { name: condition.name, when, uses: usesOf(when) };
  witnesses.set(key, witness);
  return witness;
}

/** Returns the node itself if nothing is left out of it. `choices` gets the place of each branch that is taken. */
function choose(node: Node, see: FactReader, choices: number[]): Node {
  if (node.kind === 'leaf') return node;
  if (node.kind === 'any' && node.of.length > 1) {
    const place = node.of.findIndex((child) => evaluateNode(child, see) === true);
    choices.push(place);
    const branch = node.of[place];
    return branch ? choose(branch, see, choices) : node;
  }
  const of = node.of.map((child) => choose(child, see, choices));
  if (of.every((child, at) => child === node.of[at])) return node;
  const group: Group = { kind: node.kind, of };
  return group;
}
