import type { FactValue } from '../../callbacks/facts/fact.ts';
import type { CompiledRule, RuleIndex } from '../model/compiled.ts';
import type { ObservedFacts } from '../model/observed-facts.ts';
import { evaluateNode, type FactUse, type Leaf, type Node } from '../model/tree.ts';
import type { IndexForm } from '../operators/operator.ts';

/** One fact under one index form, and the rules that each of its keys leads to. */
interface IndexEntry {
  readonly use: FactUse;
  readonly keyOf: (value: FactValue) => unknown;
  /** How many comparisons use each key. The rarest key is the best to index by. */
  readonly counts: Map<unknown, number>;
  readonly rules: Map<unknown, number[]>;
}

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
  for (const condition of conditions) countKeys(condition, entryFor);
  const always: number[] = [];
  const used = new Set<IndexEntry>();
  for (const [at, condition] of conditions.entries()) {
    const position = positions[at] ?? 0;
    const access = rarestKeys(condition, entryFor, positions.length);
    if (access) addRule(position, access, used);
    else always.push(position);
  }
  for (const { counts } of used) counts.clear();
  return { entries: [...used], always };
}

/** Adds a rule to each of its keys. */
function addRule(position: number, { ways }: Access, used: Set<IndexEntry>): void {
  for (const { entry, keys } of ways) {
    used.add(entry);
    for (const key of keys) push(entry.rules, key, position);
  }
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
    const entry = { use, keyOf, counts: new Map(), rules: new Map() };
    entries.set(use.key, entry);
    return entry;
  };
}

const keysOf = ({ operator, value }: Leaf): readonly unknown[] =>
  (operator.index ?? PRESENCE).keysOf(value);

function countKeys(node: Node, entryFor: EntryFor): void {
  if (node.kind !== 'leaf') {
    for (const child of node.of) countKeys(child, entryFor);
    return;
  }
  const counts = entryFor(node)?.counts;
  if (counts) for (const key of keysOf(node)) counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Keys of which at least one is necessary for a condition, and how many comparisons use them. */
interface Access {
  readonly ways: readonly { readonly entry: IndexEntry; readonly keys: readonly unknown[] }[];
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
    const keys = keysOf(node);
    let cost = 0;
    for (const key of keys) cost += entry.counts.get(key) ?? 0;
    return { ways: [{ entry, keys }], cost: node.operator.index ? cost : presenceCost };
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
function lookUp({ use, keyOf, rules }: IndexEntry, facts: ObservedFacts): readonly number[] {
  try {
    return rules.get(keyOf(facts.read(use))) ?? [];
  } catch {
    return [...rules.values()].flat();
  }
}

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
