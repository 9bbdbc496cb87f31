import {
  type Leaf,
  leafTest,
  leavesOf,
  type Node,
  type Test,
  type TruthValue,
  testFrom,
} from '../model/tree.ts';

/** The tests of conditions that are evaluated together for one callback after the other. */
export interface SharedTests {
  /** Returns the test of a condition. A comparison that several conditions contain is evaluated once between two calls of `next`. */
  readonly of: (condition: Node) => Test;
  /** Forgets all results: the facts of another callback follow. */
  readonly next: () => void;
}

/** Longer operands are told apart by identity: writing them out would cost more than it saves. */
const MOST_ITEMS = 100;

/** Prepares the tests of conditions. Only comparisons that occur more than once among them are shared. */
export function shareTests(conditions: readonly Node[]): SharedTests {
  const keyOf = openKeys();
  const uses = new Map<string, number>();
  for (const leaf of conditions.flatMap((condition) => leavesOf(condition))) {
    const key = keyOf(leaf);
    uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  const places = new Map<string, number>();
  for (const [key, count] of uses) if (count > 1) places.set(key, places.size);
  const results = new Array<TruthValue>(places.size);
  const evaluatedIn = new Uint32Array(places.size);
  let turn = 1;
  const made = new Map<Node, Test>();
  function sharedTest(leaf: Leaf): Test {
    const test = leafTest(leaf);
    const place = places.get(keyOf(leaf));
    if (place === undefined) return test;
    return (see) => {
      if (evaluatedIn[place] === turn) return results[place];
      // Evaluated first: what throws is thrown to each rule.
      const result = test(see);
      results[place] = result;
      evaluatedIn[place] = turn;
      return result;
    };
  }
  return {
    of(condition) {
      const known = made.get(condition);
      if (known) return known;
      const test = testFrom(condition, sharedTest);
      made.set(condition, test);
      return test;
    },
    next() {
      turn += 1;
    },
  };
}

/** Returns a function that gives comparisons with the same effect the same text. */
function openKeys(): (leaf: Leaf) => string {
  const lists = new Map<unknown, number>();
  const keys = new Map<Leaf, string>();
  const operandKey = (value: unknown): string => {
    if (!Array.isArray(value) || value.length <= MOST_ITEMS) return JSON.stringify(value) ?? '';
    const known = lists.get(value) ?? lists.size;
    lists.set(value, known);
    return `list ${known}`;
  };
  return (leaf) => {
    const known = keys.get(leaf);
    if (known !== undefined) return known;
    const key = `${leaf.use.key} ${leaf.operator.name} ${operandKey(leaf.value)}`;
    keys.set(leaf, key);
    return key;
  };
}
