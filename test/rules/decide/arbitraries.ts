import fc from 'fast-check';
import { fold } from '../../../src/callbacks/facts/fold.ts';
import { list } from '../rulebook.ts';
import { anyText, DEEP_PATH, letters, number, scalar, WORDS, word } from './arbitrary-values.ts';

const PATHS = [
  'a',
  'a.b',
  'a.b.0',
  'n',
  't',
  'l',
  DEEP_PATH,
  'length',
  '__proto__.x',
  'constructor',
  'a.toString',
  'a.length',
];

const numbered = (length: number) => Array.from({ length }, (_, at) => `w${at}`);
const lists = {
  'lists/some.json': list('some', ['RED', 'ARRET', 'stop']),
  'lists/none.json': list('none', []),
  'lists/many.json': list('many', numbered(300).concat(WORDS.slice(0, 6))),
  'lists/huge.json': list('huge', numbered(10_000).concat(WORDS.slice(4, 12))),
};
export const listValues = Object.fromEntries(
  Object.values(lists).map(({ name, values }) => [name, values]),
);
const { 'lists/huge.json': huge, ...small } = lists;
/** The lists that some rules ask for. Ten thousand values are read only where they are asked for: else the tests take minutes. */
export const listsFor = (rules: unknown) =>
  JSON.stringify(rules).includes('"huge"') ? { ...small, 'lists/huge.json': huge } : small;

const text = fc.oneof(
  { weight: 8, arbitrary: word },
  { weight: 1, arbitrary: fc.oneof(anyText, letters) },
);
const spoken = text.filter((one) => fold(one) !== '');
const plainWord = spoken.filter((one) => /\p{L}|\p{N}/u.test(one));
const bareWord = plainWord.filter((one) => /^[\p{L}\p{N} ]+$/u.test(one));
const named = fc
  .oneof(
    { weight: 20, arbitrary: fc.constantFrom('some', 'none', 'many') },
    { weight: 5, arbitrary: fc.constant(['some', 'many']) },
    { weight: 1, arbitrary: fc.constantFrom('huge', ['none', 'huge']) },
  )
  .map((name) => ({ list: name }));
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(item, { minLength: 1, maxLength: 4 });
/** Patterns that RE2 and JavaScript read alike. */
const pattern = fc.constantFrom(
  'RED',
  '(?i)sto?p',
  '^(stop|0)$',
  '(?s)^.$',
  '(?s)^..?$',
  '[^\\x00-\\x7f]',
  '(R|RE|E)+D',
  'w\\d{2,}',
  '🛑',
);
const moment = fc.constantFrom(
  '1970-01-01T00:00:00Z',
  '2026-03-29T01:00:00Z',
  '2026-11-20T12:00:00Z',
);
const hours = fc.constantFrom(
  { from: '09:00', to: '17:00', timeZone: 'Europe/Stockholm' },
  { from: '22:00', to: '06:00', timeZone: 'Asia/Kolkata', days: ['fri', 'sun'] },
  { from: '00:00', to: '24:00', timeZone: 'America/New_York', days: ['thu', 'sat'] },
);

type Row = readonly [operators: readonly string[], value: fc.Arbitrary<unknown>];
const NOTHING: Row = [['present', 'missing'], fc.constant(undefined)];
const TEXT: readonly Row[] = [
  [['equal', 'notEqual'], text],
  [['in', 'notIn'], fc.oneof(some(text), named)],
  [['says', 'doesNotSay', 'startsWith', 'doesNotStartWith'], fc.oneof(spoken, some(spoken), named)],
  [
    ['almostSays', 'doesNotAlmostSay', 'hasSentence', 'hasNoSentence'],
    fc.oneof(spoken, some(spoken), named),
  ],
  [
    ['containsPhrase', 'doesNotContainPhrase'],
    fc.oneof(bareWord, some(bareWord), fc.constantFrom('(stop|red) [it]', '~stop', 'st*')),
  ],
  [['containsWord', 'doesNotContainWord'], fc.oneof(plainWord, some(plainWord), named)],
  [['matches', 'doesNotMatch'], pattern],
];
const NUMBER: readonly Row[] = [
  [
    ['equal', 'notEqual', 'lessThan', 'greaterThanInclusive', 'greaterThan', 'lessThanInclusive'],
    number,
  ],
  [['in', 'notIn'], some(number)],
];
const TIME: readonly Row[] = [
  [['before', 'notBefore', 'after', 'notAfter'], moment],
  [['withinHours', 'outsideHours'], hours],
];
const CHANGES: readonly Row[] = [
  [['changedTo', 'notChangedTo', 'changedFrom', 'notChangedFrom'], word],
];
const SCALAR: readonly Row[] = [
  [['equal', 'notEqual'], scalar],
  [['in', 'notIn'], some(fc.oneof(word, number))],
];
const ITEM: readonly Row[] = [[['contains', 'doesNotContain'], scalar]];

/** Every operator that the rules generated here use. */
export const OPERATORS: readonly string[] = [
  ...new Set(
    [NOTHING, ...TEXT, ...NUMBER, ...TIME, ...CHANGES, ...SCALAR, ...ITEM].flatMap(
      ([names]) => names,
    ),
  ),
];

const comparing = (fact: string, rows: readonly Row[], path?: fc.Arbitrary<string>) =>
  fc.oneof(
    ...rows.map(([operators, value]) =>
      fc.record({
        fact: fc.constant(fact),
        operator: fc.constantFrom(...operators),
        value,
        ...(path && { path }),
      }),
    ),
  );

const plainFacts = [
  ...['channel', 'app_id', 'metadata', 'keyword', 'text'].map((fact) =>
    comparing(fact, [...TEXT, NOTHING]),
  ),
  comparing('quality_rating', [...TEXT, ...CHANGES, NOTHING]),
  comparing('previous_quality_rating', [...TEXT, NOTHING]),
  comparing('age_seconds', [...NUMBER, NOTHING]),
  comparing('event_time', [...TIME, NOTHING]),
  comparing('restriction_types', [...ITEM, NOTHING]),
  comparing('injected', [[['equal', 'notEqual'], fc.boolean()], NOTHING]),
];

/** Comparisons by every operator, over texts, numbers, booleans, times, lists, recalled facts, and fields of any kind. */
const comparison = fc.oneof(
  ...plainFacts,
  comparing(
    'payload',
    [...TEXT, ...NUMBER, ...TIME, ...SCALAR, ...ITEM, NOTHING],
    fc.constantFrom(...PATHS),
  ),
);

/** The same where each field is of the kind that it is compared by: on these, two-valued and three-valued logic agree. */
const decisive = fc.oneof(
  ...plainFacts,
  comparing('payload', [...SCALAR, NOTHING], fc.constantFrom('a', 'a.b', DEEP_PATH)),
  comparing('payload', NUMBER, fc.constant('n')),
  comparing('payload', TIME, fc.constant('t')),
  comparing('payload', ITEM, fc.constant('l')),
);

const group = (tie: fc.LetrecLooselyTypedTie) =>
  fc.array(tie('node'), { minLength: 1, maxLength: 3 });
const groupsOver = (leaf: fc.Arbitrary<unknown>, negated: boolean) =>
  fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      { weight: 2, arbitrary: fc.record({ all: group(tie) }) },
      { weight: 2, arbitrary: fc.record({ any: group(tie) }) },
      ...(negated ? [{ weight: 1, arbitrary: fc.record({ not: tie('node') }) }] : []),
    ),
  })).node;

export const conditions = {
  'conditions/shared.json': {
    name: 'shared',
    why: 'reason',
    when: {
      any: [
        { fact: 'channel', operator: 'in', value: ['SMS', 'WHATSAPP'] },
        { not: { fact: 'payload', path: 'a.b', operator: 'equal', value: 'RED' } },
      ],
    },
  },
};
export const conditionValues = { shared: conditions['conditions/shared.json'].when };

const shared = { weight: 1, arbitrary: fc.constant({ condition: 'shared' }) };
/** Conditions of every shape that compiles, down to the deepest allowed. Groups stay small enough for 50 comparisons. */
export const condition = groupsOver(fc.oneof({ weight: 12, arbitrary: comparison }, shared), true);
/** Conditions without a `not`, which alone tells "false" from "nobody knows". */
export const affirmed = groupsOver(comparison, false);
export const decisiveCondition = groupsOver(
  fc.oneof({ weight: 12, arbitrary: decisive }, shared),
  true,
);

const nestedIn = (leaf: fc.Arbitrary<unknown>, depth: number) =>
  fc
    .tuple(
      leaf,
      fc.array(fc.tuple(fc.constantFrom('all', 'any', 'not'), fc.option(leaf)), {
        minLength: depth,
        maxLength: depth,
      }),
    )
    .map(([innermost, groups]) =>
      groups.reduce<unknown>(
        (inner, [kind, beside]) => ({
          [kind]: kind === 'not' ? inner : beside ? [inner, beside] : [inner],
        }),
        innermost,
      ),
    );
/** As deep as a rule may be. */
export const deepCondition = nestedIn(comparison, 8);
/** Conditions of so many levels. */
export const decisiveNest = (depth: number): fc.Arbitrary<unknown> => nestedIn(decisive, depth);
