import type * as v from 'valibot';
import type { FactType, FactValue } from '../../callbacks/facts/fact.ts';
import { formatList, formatValue } from '../model/format.ts';

/** Whether a value satisfies a comparison. Never throws. */
export type Predicate = (value: FactValue) => boolean;

/** What a rule may write as the value, by the type of the fact. An operator does not suit an absent type. */
export type ValueSchemas = Partial<Record<FactType, v.GenericSchema>>;

/** What the rule index knows of a fact: a field by its path is `json`. */
export interface IndexedFact {
  readonly type: FactType;
  readonly known?: readonly string[];
}

/** How the rule index finds a comparison: the operator is true only for values in which one of a few keys is found. */
export interface IndexForm {
  /** Operators with the same kind share one index entry per fact. */
  readonly kind: string;
  /** The keys of which each value has at least one for which a comparison with this operand is true; `undefined` if there are none. */
  readonly keysOf: (operand: unknown, fact: IndexedFact) => readonly unknown[] | undefined;
  /** Returns a function that finds those of the index's keys that a value has. It may return other keys too. */
  readonly finderOf: (keys: Iterable<unknown>, fact: IndexedFact) => KeyFinder;
  /** Whether the finder does not depend on the keys, so that long lists are shared instead of stored. */
  readonly isFixed: boolean;
  /** The share of values that a key is found in, where that does not depend on how often the key is used. */
  readonly breadth?: number;
}

/** Returns the keys of a value. */
export type KeyFinder = (value: FactValue) => Iterable<unknown>;

/** How an operator divides all possible values into classes with the same result. Used by the analysis of `check`. */
export type Partition =
  /** The same result for every value except these. */
  | { readonly by: 'value'; readonly at: (operand: unknown) => readonly unknown[] }
  /** The same result for texts that fold alike, and for every text that folds to none of these. */
  | { readonly by: 'fold'; readonly at: (operand: unknown) => readonly string[] }
  /**
   * The same result for texts that fold alike. `within`: every text that satisfies the first operand satisfies the
   * second. `sample` returns a text that satisfies the operand.
   */
  | {
      readonly by: 'words';
      readonly within: (operand: unknown, other: unknown) => boolean;
      readonly sample: (operand: unknown) => string;
    }
  /** The same result for every number on one side of this one. */
  | { readonly by: 'side'; readonly at: (operand: unknown) => number }
  /** Of a list: depends only on whether it contains this item. Of a text: as `words`. */
  | {
      readonly by: 'item';
      readonly at: (operand: unknown) => unknown;
      readonly within: (operand: unknown, other: unknown) => boolean;
      readonly sample: (operand: unknown) => string;
    };

/** Two comparisons, named by operator, that replace one on a fact and its previous value. */
export interface Expansion {
  readonly group: 'all' | 'any';
  readonly now: string;
  readonly before: string;
}

/** Operators to suggest when this one does not fit what was written. */
export interface Alternatives {
  /** For several values instead of one. */
  readonly forLists?: string;
  /** For a text that the operator does not take, and this one does: words instead of parts of words. */
  readonly forTexts?: string;
  /** For texts in any spelling, where this operator compares exactly. */
  readonly forAnySpelling?: string;
  /** For whether the fact is there at all, where the value was left out. */
  readonly forPresence?: string;
}

/** An operator as data. `check`, `describe`, `explain`, the JSON Schema, the rule index and evaluation read it. */
export interface Operator {
  readonly name: string;
  /** The operator that is true exactly where this one is false, for the values that both accept. */
  readonly negation: string;
  readonly description: string;
  readonly values: ValueSchemas;
  /** Whether `{"list": name}` may replace the value. */
  readonly takesList: boolean;
  /** Whether the comparison has no value. */
  readonly takesNoValue: boolean;
  /** Whether it is the negative operator of its pair. */
  readonly isNegative: boolean;
  /** Whether texts are compared exactly, so that `check` warns of a value that Sinch was never seen to send. */
  readonly exact: boolean;
  /** True for a missing fact. Every other operator is false there, and so is its negation. */
  readonly holdsOnMissing: boolean;
  /** Whether the result depends on the time of day, so that guardrails are evaluated for every hour of a week. */
  readonly readsClock: boolean;
  readonly alternatives: Alternatives;
  /** Whether its value is an RE2 pattern. */
  readonly readsPattern?: true;
  /** Whether it finds words between blanks and signs, so that it needs a script that has them. */
  readonly needsBlanks?: true;
  /** Whether `*` in its value stands for the rest of a word. */
  readonly takesPlaceholders?: true;
  /** Values with the same key have the same effect. Absent: a value is its own key. */
  readonly keyOfText?: (text: string) => string;
  /** Follows the fact in a sentence: "is RED". */
  readonly summary: (operand: string) => string;
  /** The expected value in a sentence: "RED". */
  readonly expected: (operand: string) => string;
  readonly formatOperand: (operand: unknown) => string;
  /** Prepares an operand, which has passed its schema, once at compile time. */
  readonly bind: (operand: unknown) => Predicate;
  /** How many parts the prepared operand has, if they can be many more than its values. */
  readonly sizeOf?: (operand: unknown) => number;
  /** Absent: the rule index cannot find the comparison by a value. */
  readonly index?: IndexForm;
  readonly expansion?: Expansion;
  /** Absent: `check` cannot predict the result. */
  readonly partition?: Partition;
}

interface Half {
  readonly name: string;
  readonly summary: Operator['summary'];
  readonly expected: Operator['expected'];
  readonly alternatives?: Alternatives;
}

interface Pair<P> {
  readonly description: string;
  readonly positive: Half;
  readonly negative: Half;
  readonly values: ValueSchemas;
  readonly takesList?: boolean;
  readonly exact?: boolean;
  readonly readsClock?: boolean;
  readonly formatOperand?: (operand: unknown) => string;
  /** Values that can be compared, never a missing one. For these the two operators are complements; for others both are false. */
  readonly accepts: (value: FactValue, prepared: P) => boolean;
  readonly prepare: (operand: unknown) => P;
  readonly test: (value: FactValue, prepared: P) => boolean;
  readonly sizeOf?: Operator['sizeOf'];
  readonly readsPattern?: true;
  readonly needsBlanks?: true;
  readonly takesPlaceholders?: true;
  readonly keyOfText?: Operator['keyOfText'];
  /** Of the positive operator. */
  readonly index?: IndexForm;
  /** Of the negative operator. */
  readonly negativeIndex?: IndexForm;
  readonly partition?: Partition;
}

/** Defines an operator together with its negation, so that they are complements by construction. */
export function pair<P>(definition: Pair<P>): readonly [Operator, Operator] {
  const { positive, negative, accepts, prepare, test, index, negativeIndex, partition } =
    definition;
  const common = {
    description: definition.description,
    values: definition.values,
    takesList: definition.takesList ?? false,
    takesNoValue: false,
    exact: definition.exact ?? false,
    holdsOnMissing: false,
    readsClock: definition.readsClock ?? false,
    alternatives: {},
    formatOperand: definition.formatOperand ?? formatOperand,
    ...(partition && { partition }),
    ...(definition.sizeOf && { sizeOf: definition.sizeOf }),
    ...(definition.readsPattern && { readsPattern: definition.readsPattern }),
    ...(definition.needsBlanks && { needsBlanks: definition.needsBlanks }),
    ...(definition.takesPlaceholders && { takesPlaceholders: definition.takesPlaceholders }),
    ...(definition.keyOfText && { keyOfText: definition.keyOfText }),
  };
  return [
    {
      ...common,
      ...positive,
      negation: negative.name,
      isNegative: false,
      bind: (operand) => {
        const prepared = prepare(operand);
        return (value) => accepts(value, prepared) && test(value, prepared);
      },
      ...(index && { index }),
    },
    {
      ...common,
      ...negative,
      negation: positive.name,
      isNegative: true,
      bind: (operand) => {
        const prepared = prepare(operand);
        return (value) => accepts(value, prepared) && !test(value, prepared);
      },
      ...(negativeIndex && { index: negativeIndex }),
    },
  ];
}

/** The two phrases of an operator that reads "is …": "is less than 5", "less than 5". */
export const is = (phrase: (operand: string) => string): Pick<Half, 'summary' | 'expected'> => ({
  summary: (operand) => `is ${phrase(operand)}`,
  expected: phrase,
});

/** An operand in a sentence: "A, B or C" for a list. */
export const formatOperand = (operand: unknown): string =>
  Array.isArray(operand)
    ? formatList(operand.map((item) => formatValue(item)))
    : formatValue(operand);
