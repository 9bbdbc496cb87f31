import type { Callback } from '../../src/callbacks/callback.ts';
import type { FactValue } from '../../src/callbacks/facts/fact.ts';
import type { Rulebook } from '../../src/rules/compile/compile.ts';
import { observeFacts } from '../../src/rules/model/observed-facts.ts';
import { type Leaf, leavesOf, type Node } from '../../src/rules/model/tree.ts';

/** The facts of a callback by their keys, ready to use: only Signalbox reads them while it is measured. */
export type Facts = Readonly<Record<string, FactValue>>;

/** A callback as each engine may take it. */
export interface Subject {
  readonly callback: Callback;
  readonly facts: Facts;
}

/** Returns the names of the rules that hold, in any order. */
export type Decide = (subject: Subject) => Promise<readonly string[]> | readonly string[];

/** A rule for all engines: its condition in negation normal form, in which every comparison is false of a missing fact but `missing`. */
export interface PlainRule {
  readonly name: string;
  readonly on: readonly string[];
  readonly when: Node;
}

/** Something that decides. Loading is not measured here. */
export interface Engine {
  readonly name: string;
  /** Whether it could run in a Worker: no native code, no `eval`. */
  readonly inWorkers: boolean;
  /** Whether it has words for every comparison of the rules. */
  readonly expresses: (rules: readonly PlainRule[]) => boolean;
  readonly load: (rules: readonly PlainRule[], rulebook: Rulebook) => Decide | Promise<Decide>;
}

/** Returns the rules of a rulebook that run. A rule that counts a share holds where both of its conditions do. */
export const plainRules = ({ rules }: Rulebook): readonly PlainRule[] =>
  rules
    .filter(({ enabled }) => enabled)
    .map(({ name, on, when, threshold }) => ({
      name,
      on,
      when: threshold?.among ? { kind: 'all', of: [threshold.among.when, when] } : when,
    }));

export const isInTrigger = ({ on }: PlainRule, { trigger }: Callback): boolean =>
  on.includes(trigger);

/** Returns the facts that rules read. Recalled facts are missing. */
export function factsOf(
  callback: Callback,
  rules: readonly PlainRule[],
  { lists }: Rulebook,
): Facts {
  const seen = observeFacts(callback, lists, async () => undefined);
  const facts: Record<string, FactValue> = {};
  for (const { when } of rules.filter((rule) => isInTrigger(rule, callback)))
    for (const { use } of leavesOf(when)) {
      const value = seen.read(use);
      if (value !== undefined) facts[use.key] = value;
    }
  return facts;
}

/** How a language writes a condition. */
export interface Spelling<T> {
  readonly leaf: (leaf: Leaf) => T;
  readonly all: (of: readonly T[]) => T;
  readonly any: (of: readonly T[]) => T;
}

/** Writes a condition in another language. */
export function spell<T>(node: Node, spelling: Spelling<T>): T {
  if (node.kind === 'leaf') return spelling.leaf(node);
  return spelling[node.kind](node.of.map((child) => spell(child, spelling)));
}

/** Whether a language that knows these operators, and facts by a plain name, has words for rules. */
export const speaks =
  (operators: ReadonlyMap<string, unknown>) =>
  (rules: readonly PlainRule[]): boolean =>
    rules.every(
      ({ on, when }) =>
        on.length === 1 &&
        leavesOf(when).every(
          ({ operator, use }) => operators.has(operator.name) && /^\w+$/.test(use.key),
        ),
    );
