import type { CompiledRule, RuleIndex } from '../model/compiled.ts';
import type { ObservedFacts } from '../model/observed-facts.ts';
import type { Node, Test } from '../model/tree.ts';
import {
  costOf,
  countUses,
  finderOf,
  type IndexEntry,
  type Operand,
  openWays,
  type Way,
  type WayFor,
} from './index-entries.ts';
import { type SharedTests, shareTests } from './shared-tests.ts';

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
  // The turn in which a rule was met last: several keys can lead to one rule.
  const metIn = new Uint32Array(rules.length);
  let turn = 0;
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
        for (const { position } of indexOf(trigger)?.always ?? [])
          push(found, rules[position]?.name ?? '', trigger);
      }
      return found;
    },
    candidates(trigger, facts) {
      const index = indexOf(trigger);
      if (!index) return [];
      const found: number[] = [];
      turn += 1;
      index.tests.next();
      for (const { position, test } of index.always) if (mayHold(test, facts)) found.push(position);
      for (const entry of index.entries) {
        for (const { rules: some } of lookUp(entry, facts)) {
          for (const position of some) {
            if (metIn[position] === turn) continue;
            metIn[position] = turn;
            const rule = rules[position];
            if (rule && mayHold(index.tests.of(rule.indexedCondition), facts)) found.push(position);
          }
        }
      }
      return found.length < 2 ? found : found.sort((a, b) => a - b);
    },
  };
}

/** The index of one trigger. */
interface TriggerIndex {
  readonly entries: readonly IndexEntry[];
  /** Rules without a usable key. Their tests are at hand, because all of them run for each callback. */
  readonly always: readonly { readonly position: number; readonly test: Test }[];
  readonly tests: SharedTests;
}

function buildTriggerIndex(
  positions: readonly number[],
  rules: readonly CompiledRule[],
): TriggerIndex {
  const wayTo = openWays();
  const conditions = positions.flatMap((position) => rules[position]?.indexedCondition ?? []);
  for (const condition of conditions) countUses(condition, wayTo);
  const tests = shareTests(conditions);
  const always: { position: number; test: Test }[] = [];
  const used = new Map<Operand, IndexEntry>();
  for (const [at, condition] of conditions.entries()) {
    const position = positions[at] ?? 0;
    const access = rarestKeys(condition, wayTo, positions.length);
    if (!access) always.push({ position, test: tests.of(condition) });
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
    entry.finder = finderOf(entry);
  }
  return { entries, always, tests };
}

/** Stores how the keys of an operand are found. */
function store(operand: Operand, { byKey, probed }: IndexEntry): void {
  if (operand.set) probed.push(operand);
  else for (const key of operand.keys) push(byKey, key, operand);
}

/** Keys of which at least one is necessary for a condition, and how many comparisons use them. */
interface Access {
  readonly ways: readonly Way[];
  readonly cost: number;
}

/**
 * Returns the cheapest necessary keys: of `all` those of the cheapest child, of `any` those of every child. Presence costs as
 * much as all rules together, because facts are rarely missing.
 */
function rarestKeys(node: Node, wayTo: WayFor, presenceCost: number): Access | undefined {
  if (node.kind === 'leaf') {
    const way = wayTo(node);
    if (!way) return undefined;
    const least = (way.entry.form.breadth ?? 0) * presenceCost;
    return { ways: [way], cost: Math.max(costOf(way), least) };
  }
  let best: Access | undefined;
  for (const child of node.of) {
    const found = rarestKeys(child, wayTo, presenceCost);
    if (node.kind === 'any') {
      if (!found) return undefined;
      best = best ? { ways: [...best.ways, ...found.ways], cost: best.cost + found.cost } : found;
    } else if (found && (!best || found.cost < best.cost)) best = found;
  }
  return best;
}

/**
 * Returns the operands that the observed value satisfies. All of them if the fact is not known any more, or if it cannot be
 * read: evaluation reports that for each rule.
 */
function lookUp(
  { use, finder, byKey, probed }: IndexEntry,
  facts: ObservedFacts,
): readonly Operand[] {
  let keys: Iterable<unknown>;
  try {
    const seen = facts.peek(use);
    if (!seen) return everyOperand(byKey, probed);
    keys = finder?.(seen.value) ?? NONE;
  } catch {
    return everyOperand(byKey, probed);
  }
  const found: Operand[] = [];
  for (const key of keys) {
    for (const operand of byKey.get(key) ?? NONE) found.push(operand);
    for (const operand of probed) if (operand.set?.has(key)) found.push(operand);
  }
  return found;
}

const everyOperand = (
  byKey: IndexEntry['byKey'],
  probed: readonly Operand[],
): readonly Operand[] => [...new Set([...byKey.values(), probed].flat())];

const NONE: readonly never[] = [];

/** The pre-check: whether a rule can hold by the facts known so far. Evaluation reports what throws here. */
function mayHold(test: Test, { peek }: ObservedFacts): boolean {
  try {
    return test(peek) !== false;
  } catch {
    return true;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (!values) map.set(key, [value]);
  else if (values.at(-1) !== value) values.push(value);
}
