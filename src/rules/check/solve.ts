import type { FactValue } from '../../callbacks/facts/fact.ts';
import { isCarried } from '../model/facts.ts';
import { type FactUse, type Leaf, leavesOf, type Node, type TruthValue } from '../model/tree.ts';
import { type ValueClass, valueClassesOf } from './value-classes.ts';

/** A condition that must hold, or must not hold. */
export interface Constraint {
  readonly node: Node;
  readonly holds: boolean;
}

/** The trigger, and the facts with known values. */
export interface Assumptions {
  readonly trigger: string;
  readonly facts?: Readonly<Record<string, FactValue>>;
  /** Other facts are missing, except those that every callback may have. */
  readonly nothingElse?: boolean;
}

/**
 * Whether constraints can be met together. `impossible` is certain: no callback of the trigger meets them. `possible` is
 * certain if facts are independent of each other; `witness` contains such facts. Otherwise `unknown`.
 */
export type Solution =
  | { readonly is: 'impossible' | 'unknown' }
  | { readonly is: 'possible'; readonly witness: ReadonlyMap<string, FactValue> };

/** The search ends with `unknown` after this many steps. */
const MAX_STEPS = 20_000;

/** Searches, fact by fact, for values that meet all constraints. */
export function solve(constraints: readonly Constraint[], given: Assumptions): Solution {
  const open: { readonly key: string; readonly cases: readonly ValueClass[] }[] = [];
  let doubtful = false;
  for (const [key, { use, leaves }] of byFact(constraints)) {
    const cases = classesFor(use, leaves, given);
    if (cases)
      open.push({ key, cases: [...cases].sort((a, b) => Number(!a.witness) - Number(!b.witness)) });
    else doubtful = true;
  }
  open.sort((a, b) => a.cases.length - b.cases.length);
  const chosen = new Map<string, ValueClass>();
  const answer = (leaf: Leaf): TruthValue => chosen.get(leaf.use.key)?.answers.get(leaf);
  let steps = 0;

  /** Tries the facts from this one on. Returns true once all constraints are met by known values. */
  const search = (at: number): boolean => {
    if (++steps > MAX_STEPS) return false;
    const found = constraints.map(({ node, holds }) =>
      agrees(evaluateAnswers(node, answer), holds),
    );
    if (found.includes(false)) return false;
    const next = open[at];
    if (!found.includes(undefined) || !next) {
      const sure =
        !found.includes(undefined) && [...chosen.values()].every(({ witness }) => witness);
      if (!sure) doubtful = true;
      return sure;
    }
    for (const one of next.cases) {
      chosen.set(next.key, one);
      if (search(at + 1)) return true;
    }
    chosen.delete(next.key);
    return false;
  };
  if (search(0)) {
    return {
      is: 'possible',
      witness: new Map([...chosen].map(([key, { witness }]) => [key, witness?.value])),
    };
  }
  return { is: doubtful || steps > MAX_STEPS ? 'unknown' : 'impossible' };
}

/** Evaluates a condition from the results of its comparisons. */
function evaluateAnswers(node: Node, answer: (leaf: Leaf) => TruthValue): TruthValue {
  if (node.kind === 'leaf') return answer(node);
  const decisive = node.kind === 'any';
  let open = false;
  for (const child of node.of) {
    const found = evaluateAnswers(child, answer);
    if (found === decisive) return decisive;
    if (found === undefined) open = true;
  }
  return open ? undefined : !decisive;
}

const agrees = (found: TruthValue, wanted: boolean): TruthValue =>
  found === undefined ? undefined : found === wanted;

/** Returns all comparisons of each fact. */
function byFact(
  constraints: readonly Constraint[],
): ReadonlyMap<string, { readonly use: FactUse; readonly leaves: Leaf[] }> {
  const facts = new Map<string, { readonly use: FactUse; readonly leaves: Leaf[] }>();
  for (const leaf of constraints.flatMap(({ node }) => leavesOf(node))) {
    const fact = facts.get(leaf.use.key) ?? { use: leaf.use, leaves: [] };
    fact.leaves.push(leaf);
    facts.set(leaf.use.key, fact);
  }
  return facts;
}

function classesFor(
  use: FactUse,
  leaves: readonly Leaf[],
  { trigger, facts, nothingElse }: Assumptions,
) {
  const { fact, key } = use;
  if (facts && Object.hasOwn(facts, key)) return valueClassesOf(use, leaves, [facts[key]]);
  if (fact.isTrigger) return valueClassesOf(use, leaves, [trigger]);
  if (!isCarried(fact, [trigger]) || (nothingElse && !fact.common))
    return valueClassesOf(use, leaves, [undefined]);
  const cases = valueClassesOf(use, leaves);
  // The field may be the source of a known fact.
  return nothingElse && use.path !== undefined
    ? cases?.map(({ answers }) => ({ answers, witness: undefined }))
    : cases;
}
