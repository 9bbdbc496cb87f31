import { fold } from '../../src/callbacks/fold.ts';

/** `undefined` is "unknown". */
export type Truth = boolean | undefined;

/** How a written condition is read without any of the code under test: naively, in three-valued logic. */
export interface World {
  readonly lists: Readonly<Record<string, readonly unknown[]>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  /** `undefined` is missing. */
  readonly see: (fact: string, path: string | undefined) => unknown;
}

type Written = Readonly<Record<string, unknown>>;

/** Kleene's truth of a condition as an author wrote it. */
export function truth(condition: unknown, world: World): Truth {
  const written = condition as Written; // the tests write conditions only
  if (Array.isArray(written.all)) return conjunction(written.all.map((child) => truth(child, world)));
  if (Array.isArray(written.any)) return not(conjunction(written.any.map((child) => not(truth(child, world)))));
  if ('not' in written) return not(truth(written.not, world));
  if ('condition' in written) return truth(world.conditions[String(written.condition)], world);
  return comparison(written, world);
}

const not = (value: Truth): Truth => (value === undefined ? undefined : !value);

function conjunction(values: readonly Truth[]): Truth {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}

const PREVIOUS: Readonly<Record<string, string>> = { quality_rating: 'previous_quality_rating' };

function comparison(written: Written, world: World): Truth {
  const fact = String(written.fact);
  const seen = world.see(fact, written.path as string | undefined);
  const value = filled(written.value, world);
  const operator = String(written.operator);
  const before = world.see(PREVIOUS[fact] ?? '', undefined);
  if (operator === 'present') return seen !== undefined;
  if (operator === 'missing') return seen === undefined;
  if (operator === 'changedTo') return conjunction([same(seen, value), not(same(before, value))]);
  if (operator === 'changedFrom') return conjunction([not(same(seen, value)), same(before, value)]);
  const negated = NEGATIONS[operator];
  if (negated) return not(comparison({ ...written, operator: negated }, world));
  const judged = JUDGES[operator];
  if (!judged) throw new Error(`the test knows no operator "${operator}"`);
  return seen === undefined ? undefined : judged(seen, value);
}

const same = (seen: unknown, value: unknown): Truth => (seen === undefined ? undefined : seen === value);

function filled(value: unknown, { lists }: World): unknown {
  if (typeof value !== 'object' || value === null || !('list' in value)) return value;
  return [value.list].flat().flatMap((name) => lists[String(name)] ?? []);
}

const NEGATIONS: Readonly<Record<string, string>> = {
  notEqual: 'equal',
  notIn: 'in',
  greaterThanInclusive: 'lessThan',
  lessThanInclusive: 'greaterThan',
  doesNotContain: 'contains',
  doesNotSay: 'says',
  doesNotContainWord: 'containsWord',
  doesNotStartWith: 'startsWith',
  notChangedTo: 'changedTo',
  notChangedFrom: 'changedFrom',
};

const texts = (value: unknown): readonly string[] => [value].flat().map(String);
const onText = (test: (seen: string, value: string) => boolean) => (seen: unknown, value: unknown) =>
  typeof seen === 'string' ? texts(value).some((text) => test(fold(seen), fold(text))) : undefined;
const onNumber = (test: (seen: number, value: number) => boolean) => (seen: unknown, value: unknown) =>
  typeof seen === 'number' && !Number.isNaN(seen) ? test(seen, Number(value)) : undefined;
const wordsOf = (text: string): string => `|${text.match(/[\p{L}\p{N}\p{M}]+/gu)?.join('|') ?? ''}|`;

const JUDGES: Readonly<Record<string, (seen: unknown, value: unknown) => Truth>> = {
  equal: (seen, value) => seen === value,
  in: (seen, value) => Array.isArray(value) && value.some((item) => item === seen),
  lessThan: onNumber((seen, value) => seen < value),
  greaterThan: onNumber((seen, value) => seen > value),
  contains: (seen, value) => (Array.isArray(seen) ? seen.some((item) => item === value) : undefined),
  says: onText((seen, value) => seen === value),
  startsWith: onText((seen, value) => seen.slice(0, value.length) === value),
  containsWord: onText((seen, value) => wordsOf(seen).includes(wordsOf(value))),
};
