import type { FactValue } from '../../callbacks/facts/fact.ts';
import type { Operator, Predicate } from '../operators/operator.ts';
import { factKey } from './facts.ts';
import type { FactEntry } from './vocabulary.ts';

/** What a rule reads: a fact, or a field by its path. */
export interface FactUse {
  readonly fact: FactEntry;
  readonly path?: string;
  /** The name in `saw`: `payload.contact.id`. */
  readonly key: string;
}

/** A comparison in words. */
export interface Comparison {
  readonly use: FactUse;
  readonly operator: Operator;
  /** As the author wrote it, with named lists filled in. */
  readonly value: unknown;
  /** The named lists that the author wrote instead of values. */
  readonly lists?: readonly string[];
}

/** How a shared condition is said: "{it} comes from the person". */
interface Phrased {
  readonly phrase?: string | undefined;
}

/** A comparison, ready to be made. */
export interface Leaf extends Comparison, Phrased {
  readonly kind: 'leaf';
  readonly holds: Predicate;
}

/** All or any of some conditions. There is no `not`: it was pushed down to the leaves. */
export interface Group extends Phrased {
  readonly kind: 'all' | 'any';
  readonly of: readonly Node[];
  /** When the group stands for one comparison of its author's: `changedTo`. */
  readonly comparison?: Comparison;
}

/** A condition in negation normal form. */
export type Node = Leaf | Group;

/** Every leaf of a condition, from left to right. */
export function leavesOf(node: Node, found: Leaf[] = []): readonly Leaf[] {
  if (node.kind === 'leaf') found.push(node);
  else for (const child of node.of) leavesOf(child, found);
  return found;
}

/** Whether the condition is `trigger present`, by which an author says that every callback is meant. */
export const matchesEveryCallback = (node: Node): boolean =>
  node.kind === 'leaf' &&
  node.use.key === 'trigger' &&
  node.operator.takesNoValue &&
  !node.operator.holdsOnMissing;

/** What a condition reads, each fact or field once. */
export function usesOf(node: Node): readonly FactUse[] {
  const uses: FactUse[] = [];
  for (const { use } of leavesOf(node))
    if (!uses.some(({ key }) => key === use.key)) uses.push(use);
  return uses;
}

const plainUses = new WeakMap<FactEntry, FactUse>();

/** A fact, or a field by its path, as something to be read. Thousands of rules share the plain ones. */
export function useOf(fact: FactEntry, path?: string): FactUse {
  if (path !== undefined) return { fact, path, key: factKey(fact.name, path) };
  const use = plainUses.get(fact) ?? { fact, key: fact.name };
  plainUses.set(fact, use);
  return use;
}

/** Kleene's answer: true, false, or `undefined` for "not known yet". A missing value is known: its leaves are false. */
export type TruthValue = boolean | undefined;

/** A value in a box, or `undefined` where it is not known (yet). The comparison may matter: of a hashed text only equality is known. */
export type FactReader = (
  use: FactUse,
  leaf?: Comparison,
) => { readonly value: FactValue } | undefined;

/** Judges a condition by what is known so far. */
export function evaluateNode(node: Node, see: FactReader): TruthValue {
  if (node.kind === 'leaf') {
    const seen = see(node.use, node);
    return seen && node.holds(seen.value);
  }
  const decisive = node.kind === 'any';
  let open = false;
  for (const child of node.of) {
    const found = evaluateNode(child, see);
    if (found === decisive) return decisive;
    if (found === undefined) open = true;
  }
  return open ? undefined : !decisive;
}
