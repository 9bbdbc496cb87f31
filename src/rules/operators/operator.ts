import type * as v from 'valibot';
import type { FactType, FactValue } from '../../callbacks/facts/fact.ts';
import { listed, show } from '../model/show.ts';

/** Whether a seen value passes. Total: it never throws. */
export type Test = (seen: FactValue) => boolean;

/** Which values a rule may write, by the type of the fact. A type that is absent does not suit the operator. */
export type Values = Partial<Record<FactType, v.GenericSchema>>;

/** For the sieve: an operator that is true only where the seen value has one of a few keys. */
export interface Index {
  /** Indexes of one kind share their keys. */
  readonly kind: string;
  readonly keyOf: (seen: FactValue) => unknown;
  readonly keysOf: (value: unknown) => readonly unknown[];
}

/** What can be known of an operator without trying it: how its answers divide the values a fact may have. For `check`. */
export type Division =
  /** It answers alike on all values but these. */
  | { readonly by: 'value'; readonly at: (value: unknown) => readonly unknown[] }
  /** It answers alike on texts that fold alike, and on all texts that fold to none of these. */
  | { readonly by: 'fold'; readonly at: (value: unknown) => readonly string[] }
  /** It answers alike on texts that fold alike. `within`: what passes the first value passes the second. `sample` passes. */
  | {
      readonly by: 'words';
      readonly within: (value: unknown, other: unknown) => boolean;
      readonly sample: (value: unknown) => string;
    }
  /** It answers alike on all numbers on one side of this one. */
  | { readonly by: 'side'; readonly at: (value: unknown) => number }
  /** It only asks whether a list has this item. */
  | { readonly by: 'item'; readonly at: (value: unknown) => unknown };

/** An operator that looks at a fact and at the fact's earlier value: it stands for these comparisons. */
export interface Expansion {
  readonly group: 'all' | 'any';
  readonly now: string;
  readonly before: string;
}

/** An operator: data. `check`, `describe`, `explain`, the schema, the sieve and the judge all draw on it. */
export interface Operator {
  readonly name: string;
  /** The operator that is true on exactly the judged values on which this one is false. */
  readonly negation: string;
  readonly description: string;
  readonly values: Values;
  /** Whether it takes `{"list": name}`. */
  readonly takesList: boolean;
  /** Whether it takes no value at all. */
  readonly takesNothing: boolean;
  /** Whether it says the contrary of the operator that its pair is named for. */
  readonly denies: boolean;
  /** Whether letters count as they stand, so that an unseen spelling is worth a warning. */
  readonly exact: boolean;
  /** True on a missing fact. Every other operator is false there, as is its negation. */
  readonly seesAbsence: boolean;
  /** What follows the fact in a sentence: "is RED". */
  readonly summary: (value: string) => string;
  /** What the rule wants to see: "RED". */
  readonly needs: (value: string) => string;
  readonly show: (value: unknown) => string;
  /** Prepares a value once, at compile; the value has passed its schema. */
  readonly bind: (value: unknown) => Test;
  readonly index?: Index;
  readonly expansion?: Expansion;
  /** Absent where nothing can be known. */
  readonly divides?: Division;
}

interface Half {
  readonly name: string;
  readonly summary: (value: string) => string;
  readonly needs: (value: string) => string;
}

interface Pair<P> {
  readonly description: string;
  readonly yes: Half;
  readonly no: Half;
  readonly values: Values;
  readonly takesList?: boolean;
  readonly exact?: boolean;
  readonly show?: (value: unknown) => string;
  /** Values that can be judged at all. A missing value never can; on the others the two halves are complements. */
  readonly judges: (seen: FactValue) => boolean;
  readonly prepare: (value: unknown) => P;
  readonly test: (seen: FactValue, prepared: P) => boolean;
  readonly index?: Index;
  readonly divides?: Division;
}

/** Defines an operator and its negation at once, so that they are complements by construction. */
export function pair<P>(definition: Pair<P>): readonly [Operator, Operator] {
  const { yes, no, judges, prepare, test, index, divides } = definition;
  const common = {
    description: definition.description,
    values: definition.values,
    takesList: definition.takesList ?? false,
    takesNothing: false,
    exact: definition.exact ?? false,
    seesAbsence: false,
    show: definition.show ?? showValue,
    ...(divides && { divides }),
  };
  return [
    {
      ...common,
      ...yes,
      negation: no.name,
      denies: false,
      bind: (value) => {
        const prepared = prepare(value);
        return (seen) => judges(seen) && test(seen, prepared);
      },
      ...(index && { index }),
    },
    {
      ...common,
      ...no,
      negation: yes.name,
      denies: true,
      bind: (value) => {
        const prepared = prepare(value);
        return (seen) => judges(seen) && !test(seen, prepared);
      },
    },
  ];
}

/** A value in a sentence: "A, B or C" for a list. */
export const showValue = (value: unknown): string =>
  Array.isArray(value) ? listed(value.map((item) => show(item))) : show(value);
