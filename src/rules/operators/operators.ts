import { RE2JS } from '@bufbuild/re2';
import type { FactValue } from '../../callbacks/facts/fact.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import { Hours, isWithin, saidHours } from '../model/hours.ts';
import { type Operator, pair, showValue } from './operator.ts';
import {
  asList,
  compared,
  listOf,
  Nothing,
  Num,
  Pattern,
  Scalar,
  SpokenWords,
  scalars,
  spoken,
  Text,
  timed,
} from './values.ts';

const texts = (value: unknown): readonly string[] => asList(value as string | readonly string[]); // passed Words
const isPresent = (seen: FactValue): boolean => seen !== undefined;
const isText = (seen: FactValue): seen is string => typeof seen === 'string';
const isNumber = (seen: FactValue): seen is number =>
  typeof seen === 'number' && !Number.isNaN(seen);
const timeOf = (seen: FactValue): number =>
  typeof seen === 'string' ? Date.parse(seen) : typeof seen === 'number' ? seen : Number.NaN;
/** Beyond this, JavaScript has no dates. */
const isTime = (seen: FactValue): boolean => Math.abs(timeOf(seen)) <= 8.64e15;

/** Many leaves look at one text: the last one is kept folded. */
const once = <T>(work: (text: string) => T): ((text: string) => T) => {
  let last: { text: string; done: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, done: work(text) };
    return last.done;
  };
};
const folded = once(fold);
/** Folded, with single spaces where anything but letters and digits stood, and around all. */
const spaced = (text: string): string =>
  ` ${fold(text)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()} `;
const words = once(spaced);

/** Long lists, which are named and shared by many rules, are prepared once. */
function perList<T>(work: (list: readonly unknown[]) => T): (list: readonly unknown[]) => T {
  const known = new WeakMap<readonly unknown[], { readonly done: T }>();
  return (list) => {
    if (list.length < 10) return work(list);
    const found = known.get(list) ?? { done: work(list) };
    known.set(list, found);
    return found.done;
  };
}
const setOf = perList(
  (list): Pick<ReadonlySet<unknown>, 'has'> =>
    list.length < 10 ? { has: (value) => list.includes(value) } : new Set(list),
);
const foldedOf = perList(
  (list): ReadonlySet<string> => new Set(list.map((text) => fold(String(text)))),
);
const phrasesOf = perList((list) => list.map((text) => spaced(String(text))));
const startsOf = perList((list) => list.map((text) => fold(String(text))));

const is = (what: (value: string) => string) => ({
  summary: (value: string) => `is ${what(value)}`,
  needs: what,
});
const change = (
  name: string,
  negation: string,
  expansion: Operator['expansion'],
  summary: string,
): Operator => ({
  name,
  negation,
  denies: name.startsWith('not'),
  description: 'The value now and the value before; both must be known.',
  values: scalars,
  takesList: false,
  takesNothing: false,
  exact: true,
  seesAbsence: false,
  summary: (value) => `${summary} ${value}`,
  needs: (value) => `one that ${summary} ${value}`,
  show: showValue,
  bind: () => () => false,
  ...(expansion && { expansion }),
});

const absence = (
  name: string,
  negation: string,
  summary: string,
  needs: string,
  holds: (seen: FactValue) => boolean,
): Operator => ({
  name,
  negation,
  denies: holds(undefined),
  description: `Whether there is a value. Takes no value.`,
  values: {
    text: Nothing,
    number: Nothing,
    boolean: Nothing,
    list: Nothing,
    time: Nothing,
    json: Nothing,
  },
  takesList: false,
  takesNothing: true,
  exact: false,
  seesAbsence: holds(undefined),
  summary: () => summary,
  needs: () => needs,
  show: () => '',
  bind: () => holds,
  divides: { by: 'value', at: () => [] },
});

/** Every operator, each beside its negation. To add one: an entry here. */
export const operators: readonly Operator[] = [
  ...pair({
    description: 'Exactly this value: `"5"` is not 5, `red` is not `RED`.',
    yes: { name: 'equal', ...is((value) => value) },
    no: {
      name: 'notEqual',
      summary: (value) => `is not ${value}`,
      needs: (value) => `anything but ${value}`,
    },
    values: scalars,
    exact: true,
    judges: isPresent,
    prepare: (value) => value,
    test: (seen, value) => seen === value,
    index: { kind: 'value', keyOf: (seen) => seen, keysOf: (value) => [value] },
    divides: { by: 'value', at: (value) => [value] },
  }),
  ...pair({
    description: 'Exactly one of these values.',
    yes: { name: 'in', summary: (value) => `is ${value}`, needs: (value) => `one of ${value}` },
    no: {
      name: 'notIn',
      summary: (value) => `is not ${value}`,
      needs: (value) => `none of ${value}`,
    },
    values: {
      text: listOf(Text, 'texts'),
      number: listOf(Num, 'numbers'),
      json: listOf(Scalar, 'texts or numbers'),
    },
    takesList: true,
    exact: true,
    judges: isPresent,
    prepare: (value) => setOf(value as readonly unknown[]), // passed its schema
    test: (seen, values) => values.has(seen),
    index: { kind: 'value', keyOf: (seen) => seen, keysOf: (value) => value as readonly unknown[] },
    divides: { by: 'value', at: (value) => value as readonly unknown[] }, // passed its schema
  }),
  ...pair({
    description: 'A number below this one.',
    yes: { name: 'lessThan', ...is((value) => `less than ${value}`) },
    no: { name: 'greaterThanInclusive', ...is((value) => `at least ${value}`) },
    values: compared,
    judges: isNumber,
    prepare: Number,
    test: (seen, value) => Number(seen) < value,
    divides: { by: 'side', at: Number },
  }),
  ...pair({
    description: 'A number above this one.',
    yes: { name: 'greaterThan', ...is((value) => `more than ${value}`) },
    no: { name: 'lessThanInclusive', ...is((value) => `at most ${value}`) },
    values: compared,
    judges: isNumber,
    prepare: Number,
    test: (seen, value) => Number(seen) > value,
    divides: { by: 'side', at: Number },
  }),
  ...pair({
    description: 'A list that has this item.',
    yes: {
      name: 'contains',
      summary: (value) => `contains ${value}`,
      needs: (value) => `a list with ${value}`,
    },
    no: {
      name: 'doesNotContain',
      summary: (value) => `does not contain ${value}`,
      needs: (value) => `a list without ${value}`,
    },
    values: { list: Scalar, json: Scalar },
    exact: true,
    judges: (seen) => Array.isArray(seen),
    prepare: (value) => value,
    test: (seen, value) => Array.isArray(seen) && seen.includes(value),
    divides: { by: 'item', at: (value) => value },
  }),
  ...pair({
    description: 'The whole text, whatever its case, accents and punctuation.',
    yes: { name: 'says', summary: (value) => `says ${value}`, needs: (value) => value },
    no: {
      name: 'doesNotSay',
      summary: (value) => `does not say ${value}`,
      needs: (value) => `anything but ${value}`,
    },
    values: spoken,
    takesList: true,
    judges: isText,
    prepare: (value) => foldedOf(texts(value)),
    test: (seen, values) => isText(seen) && values.has(folded(seen)),
    index: {
      kind: 'folded',
      keyOf: (seen) => (isText(seen) ? folded(seen) : undefined),
      keysOf: (value) => [...foldedOf(texts(value))],
    },
    divides: { by: 'fold', at: (value) => [...foldedOf(texts(value))] },
  }),
  ...pair({
    description:
      'One of these words or phrases stands somewhere in the text, whatever its case and accents.',
    yes: {
      name: 'containsWord',
      summary: (value) => `has ${value} in it`,
      needs: (value) => `${value} in it`,
    },
    no: {
      name: 'doesNotContainWord',
      summary: (value) => `does not have ${value} in it`,
      needs: (value) => `a text without ${value}`,
    },
    values: { text: SpokenWords, json: SpokenWords },
    takesList: true,
    judges: isText,
    prepare: (value) => phrasesOf(texts(value)),
    test: (seen, phrases) => isText(seen) && phrases.some((phrase) => words(seen).includes(phrase)),
    divides: {
      by: 'words',
      within: (value, other) => {
        const wider = phrasesOf(texts(other));
        return phrasesOf(texts(value)).every((phrase) =>
          wider.some((part) => phrase.includes(part)),
        );
      },
      sample: (value) => texts(value)[0] ?? '',
    },
  }),
  ...pair({
    description: 'The text begins so, whatever its case, accents and first punctuation.',
    yes: {
      name: 'startsWith',
      summary: (value) => `starts with ${value}`,
      needs: (value) => `a text that starts with ${value}`,
    },
    no: {
      name: 'doesNotStartWith',
      summary: (value) => `does not start with ${value}`,
      needs: (value) => `a text that does not start with ${value}`,
    },
    values: spoken,
    takesList: true,
    judges: isText,
    prepare: (value) => startsOf(texts(value)),
    test: (seen, starts) => isText(seen) && starts.some((start) => folded(seen).startsWith(start)),
    divides: {
      by: 'words',
      within: (value, other) => {
        const wider = startsOf(texts(other));
        return startsOf(texts(value)).every((start) =>
          wider.some((part) => start.startsWith(part)),
        );
      },
      sample: (value) => texts(value)[0] ?? '',
    },
  }),
  ...pair({
    description: 'An RE2 pattern, found anywhere in the text as it stands. `(?i)` ignores case.',
    yes: {
      name: 'matches',
      summary: (value) => `matches ${value}`,
      needs: (value) => `a text that matches ${value}`,
    },
    no: {
      name: 'doesNotMatch',
      summary: (value) => `does not match ${value}`,
      needs: (value) => `a text that does not match ${value}`,
    },
    values: { text: Pattern, json: Pattern },
    judges: isText,
    prepare: (value) => RE2JS.compile(String(value)),
    test: (seen, pattern) => isText(seen) && pattern.test(seen),
  }),
  change(
    'changedTo',
    'notChangedTo',
    { group: 'all', now: 'equal', before: 'notEqual' },
    'changed to',
  ),
  change(
    'notChangedTo',
    'changedTo',
    { group: 'any', now: 'notEqual', before: 'equal' },
    'did not change to',
  ),
  change(
    'changedFrom',
    'notChangedFrom',
    { group: 'all', now: 'notEqual', before: 'equal' },
    'changed from',
  ),
  change(
    'notChangedFrom',
    'changedFrom',
    { group: 'any', now: 'equal', before: 'notEqual' },
    'did not change from',
  ),
  ...pair({
    description: 'A moment before this one.',
    yes: { name: 'before', ...is((value) => `before ${value}`) },
    no: { name: 'notBefore', ...is((value) => `not before ${value}`) },
    values: timed,
    judges: isTime,
    prepare: (value) => Date.parse(String(value)),
    test: (seen, moment) => timeOf(seen) < moment,
    divides: { by: 'side', at: (value) => Date.parse(String(value)) },
  }),
  ...pair({
    description: 'A moment after this one.',
    yes: { name: 'after', ...is((value) => `after ${value}`) },
    no: { name: 'notAfter', ...is((value) => `not after ${value}`) },
    values: timed,
    judges: isTime,
    prepare: (value) => Date.parse(String(value)),
    test: (seen, moment) => timeOf(seen) > moment,
    divides: { by: 'side', at: (value) => Date.parse(String(value)) },
  }),
  ...pair({
    description: 'Within these hours of a day, by the wall clock of a time zone.',
    yes: { name: 'withinHours', ...is((value) => `within ${value}`) },
    no: { name: 'outsideHours', ...is((value) => `outside ${value}`) },
    values: { time: Hours, json: Hours },
    show: (value) => saidHours(value as Hours), // passed its schema
    judges: isTime,
    prepare: (value) => isWithin(value as Hours), // passed its schema
    test: (seen, within) => within(timeOf(seen)),
  }),
  absence('present', 'missing', 'is present', 'any value', (seen) => seen !== undefined),
  absence('missing', 'present', 'is missing', 'it missing', (seen) => seen === undefined),
];

const byName = new Map(operators.map((operator) => [operator.name, operator]));

/** An operator by its name. */
export const operatorNamed = (name: string): Operator | undefined => byName.get(name);

/** The names of all operators, or of those that suit a type of fact. */
export const operatorNames = (type?: keyof Operator['values']): readonly string[] =>
  operators
    .filter(({ values }) => type === undefined || values[type] !== undefined)
    .map(({ name }) => name);
