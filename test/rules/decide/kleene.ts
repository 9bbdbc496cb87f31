import { fold } from '../../../src/callbacks/facts/fold.ts';
import { operatorNamed } from '../../../src/rules/operators/index.ts';

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
  if (Array.isArray(written.all))
    return conjunction(written.all.map((child) => truth(child, world)));
  if (Array.isArray(written.any))
    return not(conjunction(written.any.map((child) => not(truth(child, world)))));
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
  const is = same(seen, value);
  const was = same(before, value);
  if (operator === 'changedTo') return conjunction([is, not(was)]);
  if (operator === 'notChangedTo') return not(conjunction([is, not(was)]));
  if (operator === 'changedFrom') return conjunction([not(is), was]);
  if (operator === 'notChangedFrom') return not(conjunction([not(is), was]));
  return judged(operator, seen, value);
}

/** What an operator that looks at one value says, naively: `undefined` where it cannot judge it. */
export function judged(operator: string, seen: unknown, value: unknown): Truth {
  if (operator === 'present') return seen !== undefined;
  if (operator === 'missing') return seen === undefined;
  const negated = NEGATIONS[operator];
  if (negated) return not(judged(negated, seen, value));
  const judge = JUDGES[operator];
  if (!judge) throw new Error(`the test knows no operator "${operator}"`);
  return seen === undefined ? undefined : judge(seen, value);
}

const same = (seen: unknown, value: unknown): Truth =>
  seen === undefined ? undefined : seen === value;

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
  doesNotContainPhrase: 'containsPhrase',
  doesNotAlmostSay: 'almostSays',
  hasNoSentence: 'hasSentence',
  doesNotStartWith: 'startsWith',
  doesNotMatch: 'matches',
  notBefore: 'before',
  notAfter: 'after',
  outsideHours: 'withinHours',
};

const texts = (value: unknown): readonly string[] => [value].flat().map(String);
const onText =
  (test: (seen: string, value: string) => boolean) => (seen: unknown, value: unknown) =>
    typeof seen === 'string'
      ? texts(value).some((text) => test(fold(seen), fold(text)))
      : undefined;
const onNumber =
  (test: (seen: number, value: number) => boolean) => (seen: unknown, value: unknown) =>
    typeof seen === 'number' && !Number.isNaN(seen) ? test(seen, Number(value)) : undefined;
const onTime =
  (test: (seen: number, value: unknown) => boolean) => (seen: unknown, value: unknown) => {
    const moment =
      typeof seen === 'string'
        ? new Date(seen).getTime()
        : typeof seen === 'number'
          ? seen
          : Number.NaN;
    return moment >= -8.64e15 && moment <= 8.64e15 ? test(moment, value) : undefined;
  };
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What the clock on the wall shows, read from its text: "Fri 13:00". The night after a day belongs to that day. */
function isOpen(moment: number, value: unknown): boolean {
  const {
    from,
    to,
    timeZone,
    days = DAYS,
  } = value as { from: string; to: string; timeZone: string; days?: string[] };
  const [weekday = '', hour = ''] = new Date(moment)
    .toLocaleString('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    .toLowerCase()
    .split(/[, ]+/);
  const yesterday = DAYS[(DAYS.indexOf(weekday) + 6) % 7] ?? '';
  if (from < to) return days.includes(weekday) && from <= hour && hour < to;
  return (days.includes(weekday) && from <= hour) || (days.includes(yesterday) && hour < to);
}

/** JavaScript writes the flags elsewhere. */
function patternOf(value: unknown): RegExp {
  const [, flags = '', source = ''] = /^(?:\(\?([is]+)\))?(.*)$/s.exec(String(value)) ?? [];
  return new RegExp(source, `u${flags}`);
}
const wordsOf = (text: string): string =>
  `|${text.match(/[\p{L}\p{N}\p{M}]+/gu)?.join('|') ?? ''}|`;

/** Whether a text is signs alone, which `contains` finds anywhere. No value here is in a script without blanks. */
const isSign = (value: unknown): value is string =>
  typeof value === 'string' && fold(value) !== '' && !/[\p{L}\p{N}]/u.test(fold(value));

const byOperator = (name: string) => (seen: unknown, value: unknown) =>
  typeof seen === 'string' ? operatorNamed(name)?.bind(value)(seen) : undefined;

const JUDGES: Readonly<Record<string, (seen: unknown, value: unknown) => Truth>> = {
  equal: (seen, value) => seen === value,
  in: (seen, value) => Array.isArray(value) && value.some((item) => item === seen),
  lessThan: onNumber((seen, value) => seen < value),
  greaterThan: onNumber((seen, value) => seen > value),
  contains: (seen, value) =>
    Array.isArray(seen)
      ? seen.some((item) => item === value)
      : typeof seen === 'string' && isSign(value)
        ? fold(seen).includes(fold(value))
        : undefined,
  says: onText((seen, value) => seen === value),
  startsWith: onText((seen, value) => seen.slice(0, value.length) === value),
  matches: (seen, value) => (typeof seen === 'string' ? patternOf(value).test(seen) : undefined),
  before: onTime((seen, value) => seen < new Date(String(value)).getTime()),
  after: onTime((seen, value) => seen > new Date(String(value)).getTime()),
  withinHours: onTime(isOpen),
  // What these three find is tested with the operators; here, that index and compiled rules agree on it.
  almostSays: byOperator('almostSays'),
  hasSentence: byOperator('hasSentence'),
  containsPhrase: byOperator('containsPhrase'),
  containsWord: onText((seen, value) => wordsOf(seen).includes(wordsOf(value))),
};
