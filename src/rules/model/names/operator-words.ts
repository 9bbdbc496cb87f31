import { nearestName } from '../closest.ts';
import { wordOf } from './word-of.ts';

/** Names that people use for operators: those of other engines, signs, and everyday English. */

/** Names of operators. */
const OPERATORS: Readonly<Record<string, string>> = {
  '=': 'equal',
  '==': 'equal',
  '===': 'equal',
  eq: 'equal',
  equals: 'equal',
  is: 'equal',
  '!=': 'notEqual',
  '!==': 'notEqual',
  ne: 'notEqual',
  neq: 'notEqual',
  not: 'notEqual',
  '<>': 'notEqual',
  otherthan: 'notEqual',
  unequal: 'notEqual',
  differsfrom: 'notEqual',
  equalto: 'equal',
  equalsto: 'equal',
  sameas: 'equal',
  thesameas: 'equal',
  identicalto: 'equal',
  exactly: 'equal',
  '≠': 'notEqual',
  oneof: 'in',
  anyof: 'in',
  matchesanyof: 'in',
  equalsanyof: 'in',
  inlist: 'in',
  noneof: 'notIn',
  '>': 'greaterThan',
  gt: 'greaterThan',
  '>=': 'greaterThanInclusive',
  gte: 'greaterThanInclusive',
  '=>': 'greaterThanInclusive',
  '≥': 'greaterThanInclusive',
  atleast: 'greaterThanInclusive',
  nolessthan: 'greaterThanInclusive',
  morethan: 'greaterThan',
  biggerthan: 'greaterThan',
  higherthan: 'greaterThan',
  exceeds: 'greaterThan',
  over: 'greaterThan',
  above: 'greaterThan',
  greaterthanorequal: 'greaterThanInclusive',
  greaterorequal: 'greaterThanInclusive',
  morethanorequal: 'greaterThanInclusive',
  '<': 'lessThan',
  lt: 'lessThan',
  '<=': 'lessThanInclusive',
  lte: 'lessThanInclusive',
  '=<': 'lessThanInclusive',
  '≤': 'lessThanInclusive',
  atmost: 'lessThanInclusive',
  nomorethan: 'lessThanInclusive',
  upto: 'lessThanInclusive',
  fewerthan: 'lessThan',
  smallerthan: 'lessThan',
  lowerthan: 'lessThan',
  under: 'lessThan',
  below: 'lessThan',
  lessthanorequal: 'lessThanInclusive',
  lessorequal: 'lessThanInclusive',
  laterthan: 'after',
  since: 'after',
  earlierthan: 'before',
  contain: 'contains',
  include: 'contains',
  includes: 'contains',
  regex: 'matches',
  regexp: 'matches',
  like: 'matches',
  '=~': 'matches',
  '~': 'matches',
  '!~': 'doesNotMatch',
  match: 'matches',
  matchesregex: 'matches',
  matchespattern: 'matches',
  pattern: 'matches',
  has: 'containsWord',
  hasword: 'containsWord',
  mention: 'containsWord',
  mentions: 'containsWord',
  search: 'containsWord',
  find: 'containsWord',
  containsoneof: 'containsWord',
  containsallof: 'containsWord',
  containstext: 'containsWord',
  containsany: 'containsWord',
  beginswith: 'startsWith',
  beginwith: 'startsWith',
  startwith: 'startsWith',
  prefix: 'startsWith',
  between: 'withinHours',
  sayswords: 'says',
  exists: 'present',
  exist: 'present',
  set: 'present',
  filled: 'present',
  defined: 'present',
  known: 'present',
  empty: 'missing',
  blank: 'missing',
  absent: 'missing',
  unknown: 'missing',
  null: 'missing',
  undefined: 'missing',
  nin: 'notIn',
};

/** Operators that are written as a pattern or as two comparisons here. */
const WRITTEN_OTHERWISE: Readonly<Record<string, string>> = {
  endswith: 'use "matches" with the text and a $ behind it: "lawyer$"',
  endwith: 'use "matches" with the text and a $ behind it: "lawyer$"',
  suffix: 'use "matches" with the text and a $ behind it: "lawyer$"',
  betweennumbers:
    'write two comparisons in an "all": "greaterThanInclusive" and "lessThanInclusive"',
  during: 'use "withinHours" with {"from": "08:00", "to": "18:00", "timeZone": "Europe/Stockholm"}',
  hoursbetween:
    'use "withinHours" with {"from": "08:00", "to": "18:00", "timeZone": "Europe/Stockholm"}',
};

/** Operators of json-rules-engine that compare other types here. */
const FOR_TYPE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  text: {
    contains: 'containsWord',
    doesNotContain: 'doesNotContainWord',
  },
  number: { after: 'greaterThan', before: 'lessThan' },
  time: {
    greaterThan: 'after',
    greaterThanInclusive: 'after',
    lessThan: 'before',
    lessThanInclusive: 'before',
    equal: 'after" and "before',
  },
  list: { in: 'contains', notIn: 'doesNotContain', equal: 'contains', notEqual: 'doesNotContain' },
};

/** The operator that does for this type of fact what its name says in json-rules-engine. */
export const operatorForType = (name: string, type: string): string | undefined =>
  wordOf(FOR_TYPE[type] ?? {}, name);

/** A name without blanks, signs between its words and the words that add nothing: "is greater than or equal to" is "greaterthanorequal". */
const plainOperator = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^(is|are|was|does|do)n['’]?t/, '$1not')
    .replace(/[-_\s]/g, '')
    .replace(/^(is|are|was|does|do)(?=..)/, '')
    .replace(/(case)?(insensitive|sensitive)$|(ignore|ignoring|no)case$/, '')
    .replace(/(?<=equal|equals)to$/, '');

/** The operator that is meant by a name of another engine or of everyday English, with its negation for "is not …". */
function meantOperator(name: string, { names, negationOf }: OperatorNames): string | undefined {
  const plain = plainOperator(name);
  const found = wordOf(OPERATORS, name) ?? wordOf(OPERATORS, plain) ?? nearOperator(plain, names);
  if (found !== undefined) return found;
  const [, positive] = /^(?:not|no|!)(.+)$/.exec(plain) ?? [];
  const denied =
    positive === undefined
      ? undefined
      : (wordOf(OPERATORS, positive) ??
        wordOf(OPERATORS, plainOperator(positive)) ??
        nearOperator(positive, names));
  return denied && negationOf(denied);
}

const nearOperator = (plain: string, names: readonly string[]): string | undefined =>
  names.find((one) => one.toLowerCase() === plain);

/** The operators that exist, and what denies each. */
export interface OperatorNames {
  readonly names: readonly string[];
  readonly negationOf: (name: string) => string | undefined;
}

/** The hint for an operator that is another engine's, for a fact of this type if it is known. */
export function operatorHint(
  name: string,
  type: string | undefined,
  operators: OperatorNames,
): string | undefined {
  const plain = plainOperator(name);
  const otherwise = wordOf(
    WRITTEN_OTHERWISE,
    plain === 'between' && type !== 'time' ? 'betweennumbers' : plain,
  );
  if (otherwise !== undefined) return otherwise;
  const known = meantOperator(name, operators) ?? nearestName(name, operators.names);
  return known && `did you mean "${operatorForType(known, type ?? '') ?? known}"?`;
}
