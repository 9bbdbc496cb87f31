import type { FactValue } from '../../callbacks/facts/fact.ts';
import type { CompiledRule, RuleIndex } from '../model/compiled.ts';
import type { ObservedFacts } from '../model/observed-facts.ts';
import { evaluateNode, type FactUse, type Leaf, type Node } from '../model/tree.ts';
import type { IndexForm } from '../operators/operator.ts';

/**
 * The comparisons of one fact with one operand. A named list is one operand, however many rules name
 * it: its keys are read, counted and stored once.
 */
interface Operand {
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
interface IndexEntry {
  readonly use: FactUse;
  readonly keyOf: (value: FactValue) => unknown;
  readonly operands: Map<IndexForm['keysOf'], Map<unknown, Operand>>;
  /** How many comparisons use each key. The rarest key is the best to index by. */
  counts: Map<unknown, number> | undefined;
  readonly byKey: Map<unknown, Operand[]>;
  readonly probed: Operand[];
}

/** Lists with at least so many keys are probed. A rulebook of 4 MB cannot hold enough of them to slow a decision down. */
export const PROBED = 1_000;

/** For operators without an index form: the fact must be present. */
const PRESENCE: IndexForm = {
  kind: 'present',
  keyOf: (value) => value !== undefined,
  keysOf: () => [true],
};

/**
 * Builds the index of a rulebook: by trigger, then by each rule's rarest key. The index of a trigger is built on its first
 * use, so that a new isolate that receives one callback does not wait for all of them.
 */
export function buildRuleIndex(rules: readonly CompiledRule[]): RuleIndex {
  const byTrigger = new Map<string, number[]>();
  for (const [position, { enabled, on }] of rules.entries()) {
    if (enabled) for (const trigger of on) push(byTrigger, trigger, position);
  }
  const indexes = new Map<string, TriggerIndex>();
  function indexOf(trigger: string): TriggerIndex | undefined {
    const positions = byTrigger.get(trigger);
    const index = indexes.get(trigger) ?? (positions && buildTriggerIndex(positions, rules));
    if (index) indexes.set(trigger, index);
    return index;
  }
  return {
    unindexed() {
      const found = new Map<string, string[]>();
      for (const trigger of byTrigger.keys()) {
        for (const position of indexOf(trigger)?.always ?? [])
          push(found, rules[position]?.name ?? '', trigger);
      }
      return found;
    },
    candidates(trigger, facts) {
      const index = indexOf(trigger);
      if (!index) return [];
      const found: number[] = [];
      for (const position of index.always)
        if (mayHold(rules[position], facts)) found.push(position);
      for (const entry of index.entries) {
        for (const position of lookUp(entry, facts))
          if (mayHold(rules[position], facts)) found.push(position);
      }
      return found.length < 2 ? found : [...new Set(found)].sort((a, b) => a - b);
    },
  };
}

/** The index of one trigger. */
interface TriggerIndex {
  readonly entries: readonly IndexEntry[];
  /** Rules without a usable key. */
  readonly always: readonly number[];
}

function buildTriggerIndex(
  positions: readonly number[],
  rules: readonly CompiledRule[],
): TriggerIndex {
  const entryFor = openEntries();
  const conditions = positions.flatMap((position) => rules[position]?.indexedCondition ?? []);
  for (const condition of conditions) countUses(condition, entryFor);
  const always: number[] = [];
  const used = new Map<Operand, IndexEntry>();
  for (const [at, condition] of conditions.entries()) {
    const position = positions[at] ?? 0;
    const access = rarestKeys(condition, entryFor, positions.length);
    if (!access) always.push(position);
    for (const { entry, operand } of access?.ways ?? []) {
      used.set(operand, entry);
      if (operand.rules.at(-1) !== position) operand.rules.push(position);
    }
  }
  for (const [operand, entry] of used) store(operand, entry);
  const entries = [...new Set(used.values())];
  for (const entry of entries) {
    entry.counts = undefined;
    entry.operands.clear();
  }
  return { entries, always };
}

/** Stores how the keys of an operand are found. */
function store(operand: Operand, { byKey, probed }: IndexEntry): void {
  if (operand.set) probed.push(operand);
  else for (const key of operand.keys) push(byKey, key, operand);
}

type EntryFor = (leaf: Leaf) => IndexEntry | undefined;

/** Returns the entry of a comparison; none if it can hold for a missing fact, or if its fact has to be recalled first. */
function openEntries(): EntryFor {
  const kinds = new Map<string, Map<string, IndexEntry>>();
  return ({ use, operator }) => {
    if (use.fact.recalled || operator.holdsOnMissing) return undefined;
    const { kind, keyOf } = operator.index ?? PRESENCE;
    const entries = kinds.get(kind) ?? new Map<string, IndexEntry>();
    if (entries.size === 0) kinds.set(kind, entries);
    const known = entries.get(use.key);
    if (known) return known;
    const entry: IndexEntry = {
      ...{ use, keyOf, counts: undefined, probed: [] },
      ...{ operands: new Map(), byKey: new Map() },
    };
    entries.set(use.key, entry);
    return entry;
  };
}

/** The keys of long lists, by list: all triggers share them. */
const sharedSets = new WeakMap<object, Map<IndexForm['keysOf'], ReadonlySet<unknown>>>();

function sharedSet(value: object, keysOf: IndexForm['keysOf']): ReadonlySet<unknown> {
  const sets = sharedSets.get(value) ?? new Map<IndexForm['keysOf'], ReadonlySet<unknown>>();
  sharedSets.set(value, sets);
  const set = sets.get(keysOf) ?? new Set(keysOf(value));
  sets.set(keysOf, set);
  return set;
}

/** Returns the operand of a comparison: the same for every rule that names the same list. */
function operandOf({ operator, value }: Leaf, { operands }: IndexEntry): Operand {
  const { keysOf } = operator.index ?? PRESENCE;
  const known = operands.get(keysOf) ?? new Map<unknown, Operand>();
  if (known.size === 0) operands.set(keysOf, known);
  const found = known.get(value);
  if (found) return found;
  const set = Array.isArray(value) && value.length >= PROBED ? sharedSet(value, keysOf) : undefined;
  const operand: Operand = {
    keys: set ? [] : keysOf(value),
    set,
    uses: 0,
    cost: undefined,
    rules: [],
  };
  known.set(value, operand);
  return operand;
}

function countUses(node: Node, entryFor: EntryFor): void {
  if (node.kind !== 'leaf') {
    for (const child of node.of) countUses(child, entryFor);
    return;
  }
  const entry = entryFor(node);
  if (entry) operandOf(node, entry).uses += 1;
}

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
function costOf(operand: Operand, entry: IndexEntry): number {
  if (operand.cost === undefined) {
    // Every rule of a long list is found by a key of its own, or by none: counting its keys would cost more than it tells.
    if (operand.set) return operand.set.size * operand.uses;
    const counts = countsOf(entry);
    operand.cost = operand.keys.reduce<number>((sum, key) => sum + (counts.get(key) ?? 0), 0);
  }
  return operand.cost;
}

/** Keys of which at least one is necessary for a condition, and how many comparisons use them. */
interface Access {
  readonly ways: readonly { readonly entry: IndexEntry; readonly operand: Operand }[];
  readonly cost: number;
}

/**
 * Returns the cheapest necessary keys: of `all` those of the cheapest child, of `any` those of every child. Presence costs as
 * much as all rules together, because facts are rarely missing.
 */
function rarestKeys(node: Node, entryFor: EntryFor, presenceCost: number): Access | undefined {
  if (node.kind === 'leaf') {
    const entry = entryFor(node);
    if (!entry) return undefined;
    const operand = operandOf(node, entry);
    const cost = node.operator.index ? costOf(operand, entry) : presenceCost;
    return { ways: [{ entry, operand }], cost };
  }
  let best: Access | undefined;
  for (const child of node.of) {
    const found = rarestKeys(child, entryFor, presenceCost);
    if (node.kind === 'any') {
      if (!found) return undefined;
      best = best ? { ways: [...best.ways, ...found.ways], cost: best.cost + found.cost } : found;
    } else if (found && (!best || found.cost < best.cost)) best = found;
  }
  return best;
}

/** The rules for the observed key. If the fact cannot be read, all rules of the entry: evaluation reports the error for each. */
function lookUp(
  { use, keyOf, byKey, probed }: IndexEntry,
  facts: ObservedFacts,
): readonly number[] {
  let key: unknown;
  try {
    key = keyOf(facts.read(use));
  } catch {
    return [...byKey.values(), probed].flatMap((some) => some.flatMap(({ rules }) => rules));
  }
  const direct = byKey.get(key) ?? NONE;
  const found =
    probed.length === 0 ? direct : [...direct, ...probed.filter(({ set }) => set?.has(key))];
  const [only] = found;
  if (found.length < 2) return only?.rules ?? NONE;
  return found.flatMap(({ rules }) => rules);
}

const NONE: readonly never[] = [];

/** The pre-check: whether the rule can hold by the facts known so far. Evaluation reports what throws here. */
function mayHold(rule: CompiledRule | undefined, facts: ObservedFacts): boolean {
  try {
    return rule !== undefined && evaluateNode(rule.indexedCondition, facts.peek) !== false;
  } catch {
    return true;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (!values) map.set(key, [value]);
  else if (values.at(-1) !== value) values.push(value);
}
