import type { FactReader, Node, TruthValue } from '../model/tree.ts';

/** A condition as a function. It returns what `evaluateNode` returns. */
export type Test = (see: FactReader) => TruthValue;

/** Returns a condition as nested functions, which run several times faster than walking its tree. */
export function closureOf(node: Node): Test {
  if (node.kind === 'leaf') {
    const { use, holds } = node;
    return (see) => {
      const seen = see(use, node);
      return seen && holds(seen.value);
    };
  }
  const [first, ...rest] = node.of.map(closureOf);
  if (!first) return () => node.kind === 'all';
  if (rest.length === 0) return first;
  return node.kind === 'all' ? allOf([first, ...rest]) : anyOf([first, ...rest]);
}

const allOf =
  (tests: readonly Test[]): Test =>
  (see) => {
    let found: TruthValue = true;
    for (const test of tests) {
      const one = test(see);
      if (one === false) return false;
      if (one === undefined) found = undefined;
    }
    return found;
  };

const anyOf =
  (tests: readonly Test[]): Test =>
  (see) => {
    let found: TruthValue = false;
    for (const test of tests) {
      const one = test(see);
      if (one === true) return true;
      if (one === undefined) found = undefined;
    }
    return found;
  };
