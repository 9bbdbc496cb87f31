import type { FactValue } from '../../callbacks/facts/fact.ts';
import { isCarried } from '../model/facts.ts';
import { type FactUse, type Leaf, leavesOf, type Node, type Verdict } from '../model/tree.ts';
import { type Case, casesOf } from './value-classes.ts';

/** A condition that shall hold, or shall not. */
export interface Wish {
  readonly node: Node;
  readonly holds: boolean;
}

/** What is given: the trigger, and facts whose values are known. */
export interface Given {
  readonly trigger: string;
  readonly facts?: Readonly<Record<string, FactValue>>;
  /** Facts that are not given are missing, unless every callback may have them. */
  readonly nothingElse?: boolean;
}

/**
 * Whether wishes can come true together. `impossible` is certain: no callback of the trigger brings it about.
 * `possible` is, too, as far as facts do not hang together; `witness` holds such facts. Else nobody knows.
 */
export type Answer =
  | { readonly is: 'impossible' | 'unknown' }
  | { readonly is: 'possible'; readonly witness: ReadonlyMap<string, FactValue> };

/** Steps of search, after which we give up. */
const PATIENCE = 20_000;

/** Looks for facts with which all wishes come true, fact by fact. */
export function solve(wishes: readonly Wish[], given: Given): Answer {
  const open: { readonly key: string; readonly cases: readonly Case[] }[] = [];
  let doubtful = false;
  for (const [key, { use, leaves }] of byFact(wishes)) {
    const cases = casesFor(use, leaves, given);
    if (cases)
      open.push({ key, cases: [...cases].sort((a, b) => Number(!a.witness) - Number(!b.witness)) });
    else doubtful = true;
  }
  open.sort((a, b) => a.cases.length - b.cases.length);
  const chosen = new Map<string, Case>();
  const answer = (leaf: Leaf): Verdict => chosen.get(leaf.use.key)?.answers.get(leaf);
  let steps = 0;

  /** Tries the facts from this one on. True when wishes came true by values that we can name. */
  const search = (at: number): boolean => {
    if (++steps > PATIENCE) return false;
    const found = wishes.map(({ node, holds }) => agrees(judge(node, answer), holds));
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
  return { is: doubtful || steps > PATIENCE ? 'unknown' : 'impossible' };
}

/** Kleene's answer to a condition, from the answers to its comparisons. */
function judge(node: Node, answer: (leaf: Leaf) => Verdict): Verdict {
  if (node.kind === 'leaf') return answer(node);
  const decisive = node.kind === 'any';
  let open = false;
  for (const child of node.of) {
    const found = judge(child, answer);
    if (found === decisive) return decisive;
    if (found === undefined) open = true;
  }
  return open ? undefined : !decisive;
}

const agrees = (found: Verdict, wanted: boolean): Verdict =>
  found === undefined ? undefined : found === wanted;

/** All comparisons of each fact. */
function byFact(
  wishes: readonly Wish[],
): ReadonlyMap<string, { readonly use: FactUse; readonly leaves: Leaf[] }> {
  const facts = new Map<string, { readonly use: FactUse; readonly leaves: Leaf[] }>();
  for (const leaf of wishes.flatMap(({ node }) => leavesOf(node))) {
    const fact = facts.get(leaf.use.key) ?? { use: leaf.use, leaves: [] };
    fact.leaves.push(leaf);
    facts.set(leaf.use.key, fact);
  }
  return facts;
}

function casesFor(use: FactUse, leaves: readonly Leaf[], { trigger, facts, nothingElse }: Given) {
  const { fact, key } = use;
  if (facts && Object.hasOwn(facts, key)) return casesOf(use, leaves, [facts[key]]);
  if (fact.name === 'trigger') return casesOf(use, leaves, [trigger]);
  if (!isCarried(fact, [trigger]) || (nothingElse && !fact.common))
    return casesOf(use, leaves, [undefined]);
  const cases = casesOf(use, leaves);
  // A field may be one of the facts that are given.
  return nothingElse && use.path !== undefined
    ? cases?.map(({ answers }) => ({ answers, witness: undefined }))
    : cases;
}
