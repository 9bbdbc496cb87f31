import type { FactValue } from '../../callbacks/facts/fact.ts';
import type { CompiledRule } from '../model/compiled.ts';
import type { ObservedFacts } from '../model/observed-facts.ts';
import { evaluateNode, type FactUse, type Leaf, type Node } from '../model/tree.ts';
import type { IndexForm } from '../operators/operator.ts';

/** Finds the rules that may fire without looking at the others. Rules are named by their place in the rulebook. */
export interface RuleIndex {
  /** Places of the rules that may fire, in the order of decision. Whatever it leaves out, the judge would refuse. */
  readonly candidates: (trigger: string, seen: ObservedFacts) => readonly number[];
  /** Rules that nothing narrows down, by name, and the triggers whose every callback looks at them. Indexes every trigger. */
  readonly unindexed: () => ReadonlyMap<string, readonly string[]>;
}

/** One fact, looked at in one way, and the rules behind each of its keys. */
interface IndexEntry {
  readonly use: FactUse;
  readonly keyOf: (seen: FactValue) => unknown;
  /** How many comparisons hang on each key: the rarer, the better to search by. */
  readonly counts: Map<unknown, number>;
  readonly rules: Map<unknown, number[]>;
}

/** The last resort: a fact that must not be missing. */
const PRESENCE: IndexForm = {
  kind: 'present',
  keyOf: (seen) => seen !== undefined,
  keysOf: () => [true],
};

/**
 * Opens the index of a rulebook: first by trigger, then by each rule's rarest key. A trigger is indexed when it is first
 * asked for: whoever starts anew to take one callback need not wait for all of them.
 */
export function buildRuleIndex(rules: readonly CompiledRule[]): RuleIndex {
  const listening = new Map<string, number[]>();
  for (const [place, { enabled, on }] of rules.entries()) {
    if (enabled) for (const trigger of on) push(listening, trigger, place);
  }
  const floors = new Map<string, TriggerIndex>();
  function floorOf(trigger: string): TriggerIndex | undefined {
    const places = listening.get(trigger);
    const floor = floors.get(trigger) ?? (places && buildTriggerIndex(places, rules));
    if (floor) floors.set(trigger, floor);
    return floor;
  }
  return {
    unindexed() {
      const found = new Map<string, string[]>();
      for (const trigger of listening.keys()) {
        for (const place of floorOf(trigger)?.always ?? [])
          push(found, rules[place]?.name ?? '', trigger);
      }
      return found;
    },
    candidates(trigger, seen) {
      const floor = floorOf(trigger);
      if (!floor) return [];
      const found: number[] = [];
      for (const place of floor.always) if (mayHold(rules[place], seen)) found.push(place);
      for (const shelf of floor.shelves) {
        for (const place of behind(shelf, seen)) if (mayHold(rules[place], seen)) found.push(place);
      }
      return found.length < 2 ? found : [...new Set(found)].sort((a, b) => a - b);
    },
  };
}

/** The index of one trigger. */
interface TriggerIndex {
  readonly shelves: readonly IndexEntry[];
  /** Rules that no key leads to. */
  readonly always: readonly number[];
}

function buildTriggerIndex(
  places: readonly number[],
  rules: readonly CompiledRule[],
): TriggerIndex {
  const shelfFor = openEntries();
  const conditions = places.flatMap((place) => rules[place]?.indexedCondition ?? []);
  for (const condition of conditions) count(condition, shelfFor);
  const always: number[] = [];
  const used = new Set<IndexEntry>();
  for (const [at, condition] of conditions.entries()) {
    const place = places[at] ?? 0;
    const access = rarest(condition, shelfFor, places.length);
    if (access) addRule(place, access, used);
    else always.push(place);
  }
  for (const { counts } of used) counts.clear();
  return { shelves: [...used], always };
}

/** Puts a rule behind its keys. */
function addRule(place: number, { ways }: Access, used: Set<IndexEntry>): void {
  for (const { shelf, keys } of ways) {
    used.add(shelf);
    for (const key of keys) push(shelf.rules, key, place);
  }
}

type EntryFor = (leaf: Leaf) => IndexEntry | undefined;

/** The shelf of a comparison; none for one that may hold on a missing fact, or whose fact is not at hand yet. */
function openEntries(): EntryFor {
  const kinds = new Map<string, Map<string, IndexEntry>>();
  return ({ use, operator }) => {
    if (use.fact.recalled || operator.holdsOnMissing) return undefined;
    const { kind, keyOf } = operator.index ?? PRESENCE;
    const shelves = kinds.get(kind) ?? new Map<string, IndexEntry>();
    if (shelves.size === 0) kinds.set(kind, shelves);
    const known = shelves.get(use.key);
    if (known) return known;
    const shelf = { use, keyOf, counts: new Map(), rules: new Map() };
    shelves.set(use.key, shelf);
    return shelf;
  };
}

const keysOf = ({ operator, value }: Leaf): readonly unknown[] =>
  (operator.index ?? PRESENCE).keysOf(value);

function count(node: Node, shelfFor: EntryFor): void {
  if (node.kind !== 'leaf') {
    for (const child of node.of) count(child, shelfFor);
    return;
  }
  const counts = shelfFor(node)?.counts;
  if (counts) for (const key of keysOf(node)) counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Keys without one of which a condition cannot hold, and how many comparisons hang on them. */
interface Access {
  readonly ways: readonly { readonly shelf: IndexEntry; readonly keys: readonly unknown[] }[];
  readonly cost: number;
}

/** Of `all` the cheapest child's keys, of `any` every child's. Presence costs as much as all rules: hardly anything is ever missing. */
function rarest(node: Node, shelfFor: EntryFor, most: number): Access | undefined {
  if (node.kind === 'leaf') {
    const shelf = shelfFor(node);
    if (!shelf) return undefined;
    const keys = keysOf(node);
    let cost = 0;
    for (const key of keys) cost += shelf.counts.get(key) ?? 0;
    return { ways: [{ shelf, keys }], cost: node.operator.index ? cost : most };
  }
  let best: Access | undefined;
  for (const child of node.of) {
    const found = rarest(child, shelfFor, most);
    if (node.kind === 'any') {
      if (!found) return undefined;
      best = best ? { ways: [...best.ways, ...found.ways], cost: best.cost + found.cost } : found;
    } else if (found && (!best || found.cost < best.cost)) best = found;
  }
  return best;
}

/** The rules behind what is seen. Where the fact cannot even be read, all of them: each will say so for itself. */
function behind({ use, keyOf, rules }: IndexEntry, seen: ObservedFacts): readonly number[] {
  try {
    return rules.get(keyOf(seen.read(use))) ?? [];
  } catch {
    return [...rules.values()].flat();
  }
}

/** The pre-check: whether the facts at hand leave a chance. What throws here is the judge's to report. */
function mayHold(rule: CompiledRule | undefined, seen: ObservedFacts): boolean {
  try {
    return rule !== undefined && evaluateNode(rule.indexedCondition, seen.peek) !== false;
  } catch {
    return true;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, place: V): void {
  const places = map.get(key);
  if (!places) map.set(key, [place]);
  else if (places.at(-1) !== place) places.push(place);
}
