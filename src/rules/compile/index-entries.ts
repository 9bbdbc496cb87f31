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

export type EntryFor = (leaf: Leaf) => IndexEntry | undefined;

/** Returns the entry of a comparison; none if it can hold for a missing fact, or if its fact has to be recalled first. */
export function openEntries(): EntryFor {
  const kinds = new Map<string, Map<string, IndexEntry>>();
  return ({ use, operator, value }) => {
    if (use.fact.recalled || operator.holdsOnMissing) return undefined;
    const form = formOf(operator.index, value, use);
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
  };
}

const indexedFact = ({ fact, path }: FactUse): IndexedFact =>
  path === undefined ? fact : { type: 'json' };

/** Returns the form of an operator, or presence if it has no keys for this operand. */
function formOf(form: IndexForm | undefined, value: unknown, use: FactUse): IndexForm {
  if (!form) return PRESENCE;
  // The values of a list that all rules share are read later, once.
  if (Array.isArray(value) && form.isFixed) return form;
  return form.keysOf(value, indexedFact(use)) === undefined ? PRESENCE : form;
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
export function operandOf({ operator, value }: Leaf, entry: IndexEntry): Operand {
  const { operands, form, use } = entry;
  // Operators whose forms are of one kind differ in their keys.
  const { keysOf, isFixed } = form === PRESENCE ? form : (operator.index ?? form);
  const fact = indexedFact(use);
  const known = operands.get(keysOf) ?? new Map<unknown, Operand>();
  if (known.size === 0) operands.set(keysOf, known);
  const found = known.get(value);
  if (found) return found;
  const isLong = isFixed && Array.isArray(value) && value.length >= PROBED;
  const set = isLong ? sharedSet(value, keysOf, fact) : undefined;
  const operand: Operand = {
    keys: set ? [] : (keysOf(value, fact) ?? []),
    set,
    uses: 0,
    cost: undefined,
    rules: [],
  };
  known.set(value, operand);
  return operand;
}

export function countUses(node: Node, entryFor: EntryFor): void {
  if (node.kind !== 'leaf') {
    for (const child of node.of) countUses(child, entryFor);
    return;
  }
  const entry = entryFor(node);
  if (entry) operandOf(node, entry).uses += 1;
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
export function costOf(operand: Operand, entry: IndexEntry): number {
  if (operand.cost === undefined) {
    // Every rule of a long list is found by a key of its own, or by none: counting its keys would cost more than it tells.
    if (operand.set) return operand.set.size * operand.uses;
    const counts = countsOf(entry);
    operand.cost = operand.keys.reduce<number>((sum, key) => sum + (counts.get(key) ?? 0), 0);
  }
  return operand.cost;
}
