import type { CompiledRule } from './compiled.ts';
import type { Index } from './operator.ts';
import type { Seen } from './seen.ts';
import { type FactUse, type Leaf, leavesOf, type Node, verdict } from './tree.ts';

/** Finds the rules that may fire without looking at the others. Rules are named by their place in the rulebook. */
export interface Sieve {
  /** Places of the rules that may fire, in the order of decision. Whatever it leaves out, the judge would refuse. */
  readonly candidates: (trigger: string, seen: Seen) => readonly number[];
  /** Rules that nothing narrows down: each callback of their triggers checks them. */
  readonly unindexed: readonly string[];
}

/** A key without which a rule cannot be true: the fact must have this value, or any value at all. */
interface Key {
  readonly use: FactUse;
  readonly index: Index;
  readonly value: unknown;
}

/** The last resort: a fact that must not be missing. */
const PRESENCE: Index = { kind: 'present', keyOf: (seen) => seen !== undefined, keysOf: () => [true] };

/** One fact, looked at in one way, and the rules behind each of its keys. */
interface Shelf {
  readonly use: FactUse;
  readonly index: Index;
  readonly rules: Map<unknown, number[]>;
}

interface Floor {
  readonly shelves: Map<string, Shelf>;
  readonly always: number[];
}

/** Builds the index of a rulebook: first by trigger, then by each rule's rarest key. */
export function buildSieve(rules: readonly CompiledRule[]): Sieve {
  const floors = new Map<string, Floor>();
  const unindexed = new Set<string>();
  const listeners = new Map<string, number[]>();
  for (const [place, rule] of rules.entries()) {
    if (!rule.enabled) continue;
    for (const trigger of rule.on) push(listeners, trigger, place);
  }
  for (const [trigger, places] of listeners) {
    const floor: Floor = { shelves: new Map(), always: [] };
    const costs = countKeys(places.flatMap((place) => rules[place] ?? []));
    for (const place of places) {
      const rule = rules[place];
      if (!rule) continue;
      const keys = rarest(rule.when, costs)?.keys;
      if (keys) for (const key of keys) shelve(floor, key, place);
      else {
        floor.always.push(place);
        unindexed.add(rule.name);
      }
    }
    floors.set(trigger, floor);
  }
  return {
    unindexed: [...unindexed],
    candidates(trigger, seen) {
      const floor = floors.get(trigger);
      if (!floor) return [];
      const found: number[] = [];
      for (const place of floor.always) if (mayHold(rules[place], seen)) found.push(place);
      for (const shelf of floor.shelves.values()) {
        for (const place of behind(shelf, seen)) if (mayHold(rules[place], seen)) found.push(place);
      }
      return found.length < 2 ? found : [...new Set(found)].sort((a, b) => a - b);
    },
  };
}

/** The rules behind what is seen. Where the fact cannot even be read, all of them: each will say so for itself. */
function behind({ use, index, rules }: Shelf, seen: Seen): readonly number[] {
  try {
    return rules.get(index.keyOf(seen.read(use))) ?? [];
  } catch {
    return [...rules.values()].flat();
  }
}

/** The pre-check: whether the facts at hand leave a chance. What throws here is the judge's to report. */
function mayHold(rule: CompiledRule | undefined, seen: Seen): boolean {
  try {
    return rule !== undefined && verdict(rule.when, seen.peek) !== false;
  } catch {
    return true;
  }
}

function shelve({ shelves }: Floor, { use, index, value }: Key, place: number): void {
  const id = shelfId(use, index);
  const shelf = shelves.get(id) ?? { use, index, rules: new Map() };
  shelves.set(id, shelf);
  const places = shelf.rules.get(value);
  if (!places) shelf.rules.set(value, [place]);
  else if (places.at(-1) !== place) places.push(place);
}

const shelfId = (use: FactUse, index: Index): string => `${index.kind} ${use.key}`;

type Costs = (key: Key) => number;

/** How many of the rules hang on each key. Presence costs as much as all of them together: hardly anything is ever missing. */
function countKeys(rules: readonly CompiledRule[]): Costs {
  const counts = new Map<string, Map<unknown, number>>();
  for (const rule of rules) {
    for (const leaf of leavesOf(rule.when)) {
      for (const { use, index, value } of keysOf(leaf) ?? []) {
        const id = shelfId(use, index);
        const count = counts.get(id) ?? new Map<unknown, number>();
        counts.set(id, count.set(value, (count.get(value) ?? 0) + 1));
      }
    }
  }
  return ({ use, index, value }) =>
    index === PRESENCE ? rules.length : (counts.get(shelfId(use, index))?.get(value) ?? 0);
}

/** The keys without one of which a comparison cannot hold; `undefined` where there are none. */
function keysOf({ use, operator, value }: Leaf): readonly Key[] | undefined {
  if (use.fact.recalled || operator.seesAbsence) return undefined;
  const index = operator.index ?? PRESENCE;
  return index.keysOf(value).map((key) => ({ use, index, value: key }));
}

interface Access {
  readonly keys: readonly Key[];
  readonly cost: number;
}

/** The cheapest set of keys without one of which a condition cannot hold: of `all` the cheapest child's, of `any` every child's. */
function rarest(node: Node, costs: Costs): Access | undefined {
  if (node.kind === 'leaf') {
    const keys = keysOf(node);
    return keys && { keys, cost: keys.reduce((sum, key) => sum + costs(key), 0) };
  }
  let best: Access | undefined;
  for (const child of node.of) {
    const found = rarest(child, costs);
    if (node.kind === 'any') {
      if (!found) return undefined;
      best = best ? { keys: [...best.keys, ...found.keys], cost: best.cost + found.cost } : found;
    } else if (found && (!best || found.cost < best.cost)) best = found;
  }
  return best;
}

const push = <K>(map: Map<K, number[]>, key: K, place: number): void => {
  const places = map.get(key);
  if (places) places.push(place);
  else map.set(key, [place]);
};
