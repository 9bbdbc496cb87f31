import type { FactUse, Leaf, Node } from '../model/tree.ts';
import type { IndexedFact, IndexForm, KeyFinder } from '../operators/operator.ts';

/**
 * The comparisons of one fact with one operand. A named list is one operand, however many rules name
 * it: its keys are read, counted and stored once.
 */
export interface Operand {
  /** Empty for a long list. */
  readonly keys: readonly unknown[];
  /** The keys of a long list, shared by all triggers and probed instead of being stored for each. */
  readonly set: ReadonlySet<unknown> | undefined;
  /** How many comparisons use it. */
  uses: number;
  /** How many comparisons its keys lead to, once all are counted. */
  cost: number | undefined;
  readonly rules: number[];
}

/** One fact under one index form, and the rules that each of its keys leads to. */
export interface IndexEntry {
  readonly use: FactUse;
  readonly form: IndexForm;
  /** Set once all keys are stored. */
  finder: KeyFinder | undefined;
  readonly operands: Map<IndexForm['keysOf'], Map<unknown, Operand>>;
  /** How many comparisons use each key. The rarest key is the best to index by. */
  counts: Map<unknown, number> | undefined;
  readonly byKey: Map<unknown, Operand[]>;
  readonly probed: Operand[];
}

/** Lists with at least so many keys are probed. A rulebook of 4 MB cannot hold enough of them to slow a decision down. */
export const PROBED = 1_000;

const PRESENT = [true] as const;
/** For operators without an index form: the fact must be present. */
const PRESENCE: IndexForm = {
  kind: 'present',
  isFixed: true,
  breadth: 1,
  keysOf: () => PRESENT,
  finderOf: () => (value) => (value === undefined ? [] : PRESENT),
};

/** One way to find a comparison: some keys of an entry. */
export interface Way {
  readonly entry: IndexEntry;
  readonly operand: Operand;
}

export type WayFor = (leaf: Leaf) => Way | undefined;

/** Returns the way to each comparison, read once; none if it can hold for a missing fact, or if its fact has to be recalled first. */
export function openWays(): WayFor {
  const kinds = new Map<string, Map<string, IndexEntry>>();
  const ways = new Map<Leaf, Way>();
  function entryOf(form: IndexForm, use: FactUse): IndexEntry {
    const entries = kinds.get(form.kind) ?? new Map<string, IndexEntry>();
    if (entries.size === 0) kinds.set(form.kind, entries);
    const known = entries.get(use.key);
    if (known) return known;
    const entry: IndexEntry = {
      ...{ use, form, finder: undefined, counts: undefined, probed: [] },
      ...{ operands: new Map(), byKey: new Map() },
    };
    entries.set(use.key, entry);
    return entry;
  }
  return (leaf) => {
    const { use, operator } = leaf;
    if (use.fact.recalled || operator.holdsOnMissing) return undefined;
    const known = ways.get(leaf);
    if (known) return known;
    const { form, keys } = formOf(leaf);
    const entry = entryOf(form, use);
    const way = { entry, operand: operandOf(leaf, form, keys, entry) };
    ways.set(leaf, way);
    return way;
  };
}

const indexedFact = ({ fact, path }: FactUse): IndexedFact =>
  path === undefined ? fact : { type: 'json' };

/** Returns the form of an operator, or presence if it has no keys for this operand; and its keys, if they are not those of a shared list. */
function formOf({ operator, value, use }: Leaf): {
  readonly form: IndexForm;
  readonly keys: readonly unknown[] | undefined;
} {
  const form = operator.index ?? PRESENCE;
  // The values of a list that all rules share are read later, once.
  if (Array.isArray(value) && form.isFixed) return { form, keys: undefined };
  const keys = form.keysOf(value, indexedFact(use));
  return keys ? { form, keys } : { form: PRESENCE, keys: PRESENT };
}

/** The keys of long lists, by list: all triggers share them. */
const sharedSets = new WeakMap<object, Map<IndexForm['keysOf'], ReadonlySet<unknown>>>();

function sharedSet(
  value: object,
  keysOf: IndexForm['keysOf'],
  fact: IndexedFact,
): ReadonlySet<unknown> {
  const sets = sharedSets.get(value) ?? new Map<IndexForm['keysOf'], ReadonlySet<unknown>>();
  sharedSets.set(value, sets);
  const set = sets.get(keysOf) ?? new Set(keysOf(value, fact));
  sets.set(keysOf, set);
  return set;
}

/** Returns the operand of a comparison: the same for every rule that names the same list. */
function operandOf(
  { value }: Leaf,
  { keysOf, isFixed }: IndexForm,
  keys: readonly unknown[] | undefined,
  { operands, use }: IndexEntry,
): Operand {
  // Operators whose forms are of one kind differ in their keys.
  const known = operands.get(keysOf) ?? new Map<unknown, Operand>();
  if (known.size === 0) operands.set(keysOf, known);
  const found = known.get(value);
  if (found) return found;
  const fact = indexedFact(use);
  const isLong = isFixed && Array.isArray(value) && value.length >= PROBED;
  const set = isLong ? sharedSet(value, keysOf, fact) : undefined;
  const operand: Operand = {
    keys: set ? [] : (keys ?? keysOf(value, fact) ?? []),
    set,
    uses: 0,
    cost: undefined,
    rules: [],
  };
  known.set(value, operand);
  return operand;
}

export function countUses(node: Node, wayTo: WayFor): void {
  if (node.kind !== 'leaf') {
    for (const child of node.of) countUses(child, wayTo);
    return;
  }
  const way = wayTo(node);
  if (way) way.operand.uses += 1;
}

/** Returns how the keys of an entry are found in a value, once all are stored. */
export const finderOf = ({ form, use, byKey }: IndexEntry): KeyFinder =>
  form.finderOf(byKey.keys(), indexedFact(use));

/** Returns how many comparisons use each key of an entry, once the uses of all operands are counted. */
function countsOf(entry: IndexEntry): ReadonlyMap<unknown, number> {
  if (entry.counts) return entry.counts;
  const counts = new Map<unknown, number>();
  for (const operands of entry.operands.values())
    for (const { keys, set, uses } of operands.values())
      if (!set) for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + uses);
  entry.counts = counts;
  return counts;
}

/** Returns how many comparisons the keys of an operand lead to. */
export function costOf({ operand, entry }: Way): number {
  if (operand.cost === undefined) {
    // Every rule of a long list is found by a key of its own, or by none: counting its keys would cost more than it gains.
    if (operand.set) return operand.set.size * operand.uses;
    const counts = countsOf(entry);
    operand.cost = operand.keys.reduce<number>((sum, key) => sum + (counts.get(key) ?? 0), 0);
  }
  return operand.cost;
}
