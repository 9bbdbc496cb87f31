import type { FactValue } from '../../callbacks/facts/fact.ts';
import type { Operator, Predicate } from '../operators/operator.ts';
import { factKey } from './facts.ts';
import type { FactEntry } from './vocabulary.ts';

/** A fact, or a field by its path, that a rule reads. */
export interface FactUse {
  readonly fact: FactEntry;
  readonly path?: string;
  /** The name in `saw`: `payload.contact.id`. */
  readonly key: string;
  /** The place of a fact without a path in an array of values. */
  readonly slot?: number;
}

/** A comparison as its author wrote it. */
export interface Comparison {
  readonly use: FactUse;
  readonly operator: Operator;
  /** The operand, with named lists replaced by their items. */
  readonly value: unknown;
  /** The named lists that the items come from. */
  readonly lists?: readonly string[];
}

/** A shared condition in its author's words: "{it} comes from the person". */
interface Phrased {
  readonly phrase?: string | undefined;
}

/** A comparison with its prepared operand. */
export interface Leaf extends Comparison, Phrased {
  readonly kind: 'leaf';
  readonly holds: Predicate;
}

/** All or any of some conditions. Compile has pushed every `not` down to the leaves. */
export interface Group extends Phrased {
  readonly kind: 'all' | 'any';
  readonly of: readonly Node[];
  /** The comparison that the group replaces: `changedTo`. */
  readonly comparison?: Comparison;
}

/** A condition in negation normal form. */
export type Node = Leaf | Group;

/** Returns every leaf of a condition, from left to right. */
export function leavesOf(node: Node, found: Leaf[] = []): readonly Leaf[] {
  if (node.kind === 'leaf') found.push(node);
  else for (const child of node.of) leavesOf(child, found);
  return found;
}

/** Whether the condition is `trigger present`, by which an author says that every callback is meant. */
export const matchesEveryCallback = (node: Node): boolean =>
  node.kind === 'leaf' &&
  node.use.fact.isTrigger === true &&
  node.operator.takesNoValue &&
  !node.operator.holdsOnMissing;

/** Returns the facts and fields that a condition reads, each once. */
export function usesOf(node: Node): readonly FactUse[] {
  const uses: FactUse[] = [];
  for (const { use } of leavesOf(node))
    if (!uses.some(({ key }) => key === use.key)) uses.push(use);
  return uses;
}

const plainUses = new WeakMap<FactEntry, FactUse>();
/** How many facts have a slot. There are no more than facts. */
let slots = 0;

/** Returns the use of a fact or of a field. All rules share one object per fact, to save memory. */
export function useOf(fact: FactEntry, path?: string): FactUse {
  if (path !== undefined) return { fact, path, key: factKey(fact.name, path) };
  const known = plainUses.get(fact);
  if (known) return known;
  const use = { fact, key: fact.name, slot: slots };
  slots += 1;
  plainUses.set(fact, use);
  return use;
}

/** A truth value of Kleene's logic: `undefined` is "not known yet". A missing value is known, and its comparisons are false. */
export type TruthValue = boolean | undefined;

/** Returns `{ value }` when known, else `undefined`: tells "known to be missing" from "not known". A hashed text is known only to some comparisons. */
export type FactReader = (
  use: FactUse,
  leaf?: Comparison,
) => { readonly value: FactValue } | undefined;

/** Evaluates a condition by the facts known so far. */
export const evaluateNode = (node: Node, see: FactReader): TruthValue => testOf(node)(see);

/** A condition as a function, which runs several times faster than walking its tree. */
export type Test = (see: FactReader) => TruthValue;

const tests = new WeakMap<Node, Test>();

/** Returns the function of a condition, made once. */
export function testOf(node: Node): Test {
  const known = tests.get(node);
  if (known) return known;
  const test = testFrom(node, leafTest);
  tests.set(node, test);
  return test;
}

/** Makes the function of a comparison. */
export function leafTest(leaf: Leaf): Test {
  const { use, holds } = leaf;
  return (see) => {
    const seen = see(use, leaf);
    return seen && holds(seen.value);
  };
}

/** Makes the function of a condition from those of its comparisons. */
export function testFrom(node: Node, testOfLeaf: (leaf: Leaf) => Test): Test {
  if (node.kind === 'leaf') return testOfLeaf(node);
  const parts = node.of.map((child) => testFrom(child, testOfLeaf));
  const decisive = node.kind === 'any';
  return (see) => {
    let found: TruthValue = !decisive;
    for (const part of parts) {
      const one = part(see);
      if (one === decisive) return decisive;
      if (one === undefined) found = undefined;
    }
    return found;
  };
}
