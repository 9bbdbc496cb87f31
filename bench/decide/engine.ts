import type { Callback } from '../../src/callbacks/callback.ts';
import type { FactValue } from '../../src/callbacks/facts/fact.ts';
import type { Condition, Leaf } from '../../src/rules/model/rule.ts';
import type { BenchRule } from './regimes.ts';

/** The facts of a callback, ready to use: reading them is not on the account of the others. */
export type Facts = Readonly<Record<string, FactValue>>;

/** A callback as each engine may take it. */
export interface Subject {
  readonly callback: Callback;
  readonly facts: Facts;
}

/** Names of the rules that fire, in any order. */
export type Decide = (subject: Subject) => Promise<readonly string[]> | readonly string[];

/** Something that decides. Loading is not measured here. */
export interface Engine {
  readonly name: string;
  /** Whether it could run in a Worker: no native code, no `eval`. */
  readonly inWorkers: boolean;
  readonly load: (rules: readonly BenchRule[]) => Decide | Promise<Decide>;
}

/** The facts that the rules of the benchmark read; none of them is a recalled one. */
export function factsOf(callback: Callback, rules: readonly BenchRule[]): Facts {
  const names = new Set(rules.flatMap(({ when }) => when.all.flatMap(factNames)));
  return Object.fromEntries(
    ['trigger', ...names].flatMap((name) => {
      const value = callback.fact(name, {});
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function factNames(condition: Condition): readonly string[] {
  if ('fact' in condition) return [condition.fact];
  if ('not' in condition) return factNames(condition.not);
  if ('all' in condition) return condition.all.flatMap(factNames);
  return 'any' in condition ? condition.any.flatMap(factNames) : [];
}

/** How a language writes a condition. */
export interface Spelling<T> {
  readonly leaf: (leaf: Leaf) => T;
  readonly all: (of: readonly T[]) => T;
  readonly any: (of: readonly T[]) => T;
  readonly not: (inner: T) => T;
}

/** Writes a condition in another language. The benchmark's rules share no conditions. */
export function spell<T>(condition: Condition, spelling: Spelling<T>): T {
  const again = (inner: Condition): T => spell(inner, spelling);
  if ('fact' in condition) return spelling.leaf(condition);
  if ('all' in condition) return spelling.all(condition.all.map(again));
  if ('any' in condition) return spelling.any(condition.any.map(again));
  if ('not' in condition) return spelling.not(again(condition.not));
  throw new Error(`the benchmark has no shared condition ${condition.condition}`);
}

/** A rule's condition with its trigger as the first comparison, which whoever stops at the first "no" asks first. */
export const triggered = ({ on, when }: BenchRule): Condition => ({
  all: [{ fact: 'trigger', operator: 'equal', value: on[0] }, ...when.all],
});
