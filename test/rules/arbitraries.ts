import fc from 'fast-check';
import type { FactValue } from '../../src/callbacks/fact.ts';
import { list } from './rulebook.ts';

/** The two triggers the generated rules listen to, so that every fact below is carried by one of them. */
export const TRIGGERS = ['CHANNEL_EVENT', 'MESSAGE_INBOUND'] as const;

const WORDS = [
  'RED',
  'GREEN',
  'red',
  'Arrêt',
  'ARRET',
  'stop',
  "don't stop",
  'opt-out',
  'OPT OUT',
  '0',
  'NaN',
  '__proto__',
  'constructor',
  '\ud800',
  '🛑',
  'SMS',
  'WHATSAPP',
  'रोकें',
];
const NUMBERS = [0, -0, 1, -1.5, 3, 2 ** 53, 1e300];
const PATHS = [
  'a',
  'a.b',
  'a.b.0',
  'deep.er.and.deep.er',
  'length',
  '__proto__.x',
  'constructor',
  'a.toString',
  'a.length',
];

export const lists = {
  'lists/some.json': list('some', ['RED', 'ARRET', 'stop']),
  'lists/none.json': list('none', []),
  'lists/many.json': list('many', Array.from({ length: 300 }, (_, at) => `w${at}`).concat(WORDS.slice(0, 6))),
};
export const listValues = Object.fromEntries(Object.values(lists).map(({ name, values }) => [name, values]));

const word = fc.constantFrom(...WORDS);
const number = fc.constantFrom(...NUMBERS);
const scalar = fc.oneof(word, number, fc.boolean());
const plainWord = fc.constantFrom(...WORDS.filter((text) => /\p{L}|\p{N}/u.test(text)));
const named = fc
  .oneof(fc.constantFrom('some', 'none', 'many'), fc.constant(['some', 'many']))
  .map((name) => ({ list: name }));
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 4 });

type Row = readonly [operators: readonly string[], value: fc.Arbitrary<unknown>];
const NOTHING: Row = [['present', 'missing'], fc.constant(undefined)];
const TEXT: readonly Row[] = [
  [['equal', 'notEqual'], word],
  [['in', 'notIn'], fc.oneof(some(word), named)],
  [['says', 'doesNotSay', 'startsWith', 'doesNotStartWith'], fc.oneof(word, some(word), named)],
  [['containsWord', 'doesNotContainWord'], fc.oneof(plainWord, some(plainWord), named)],
];
const NUMBER: readonly Row[] = [
  [['equal', 'notEqual', 'lessThan', 'greaterThanInclusive', 'greaterThan', 'lessThanInclusive'], number],
  [['in', 'notIn'], some(number)],
];
const CHANGES: readonly Row[] = [[['changedTo', 'notChangedTo', 'changedFrom', 'notChangedFrom'], word]];
const SCALAR: readonly Row[] = [
  [['equal', 'notEqual'], scalar],
  [['in', 'notIn'], some(fc.oneof(word, number))],
];
const ITEM: readonly Row[] = [[['contains', 'doesNotContain'], scalar]];

const comparing = (fact: string, rows: readonly Row[], path?: fc.Arbitrary<string>) =>
  fc.oneof(
    ...rows.map(([operators, value]) =>
      fc.record({ fact: fc.constant(fact), operator: fc.constantFrom(...operators), value, ...(path && { path }) }),
    ),
  );

/** Comparisons over texts, numbers, booleans, recalled facts, and fields of any kind. */
const comparison = fc.oneof(
  ...['channel', 'app_id', 'metadata', 'keyword', 'text'].map((fact) => comparing(fact, [...TEXT, NOTHING])),
  comparing('quality_rating', [...TEXT, ...CHANGES, NOTHING]),
  comparing('previous_quality_rating', [...TEXT, NOTHING]),
  comparing('age_seconds', [...NUMBER, NOTHING]),
  comparing('injected', [[['equal', 'notEqual'], fc.boolean()], NOTHING]),
  comparing('payload', [...TEXT, ...NUMBER, ...SCALAR, ...ITEM, NOTHING], fc.constantFrom(...PATHS)),
);

/** Comparisons that can judge whatever is present: on these, two-valued and three-valued logic agree. */
const decisive = fc.oneof(
  ...['channel', 'app_id', 'metadata', 'keyword', 'text'].map((fact) => comparing(fact, [...TEXT, NOTHING])),
  comparing('quality_rating', [...TEXT, NOTHING]),
  comparing('previous_quality_rating', [...TEXT, NOTHING]),
  comparing('age_seconds', [...NUMBER, NOTHING]),
  comparing('injected', [[['equal', 'notEqual'], fc.boolean()], NOTHING]),
  comparing('payload', [...SCALAR, NOTHING], fc.constantFrom('a', 'a.b')),
);

const groupsOver = (leaf: fc.Arbitrary<unknown>, maxDepth: number) =>
  fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth, withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      { weight: 2, arbitrary: fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }) },
      { weight: 2, arbitrary: fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }) },
      { weight: 1, arbitrary: fc.record({ not: tie('node') }) },
    ),
  })).node;

export const conditions = {
  'conditions/shared.json': {
    name: 'shared',
    why: 'because',
    when: {
      any: [
        { fact: 'channel', operator: 'in', value: ['SMS', 'WHATSAPP'] },
        { not: { fact: 'payload', path: 'a.b', operator: 'equal', value: 'RED' } },
      ],
    },
  },
};
export const conditionValues = { shared: conditions['conditions/shared.json'].when };

/** Conditions of every shape that compiles, down to the deepest allowed. Groups stay small enough for 50 comparisons. */
export const condition = groupsOver(
  fc.oneof({ weight: 12, arbitrary: comparison }, { weight: 1, arbitrary: fc.constant({ condition: 'shared' }) }),
  3,
);
export const deepCondition = fc
  .tuple(comparison, fc.array(fc.constantFrom('all', 'any', 'not'), { minLength: 8, maxLength: 8 }))
  .map(([leaf, groups]) =>
    groups.reduce<unknown>((inner, group) => ({ [group]: group === 'not' ? inner : [inner] }), leaf),
  );
export const decisiveCondition = groupsOver(decisive, 3);

const value: fc.Arbitrary<FactValue> = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 2, arbitrary: number },
  { weight: 1, arbitrary: fc.boolean() },
  {
    weight: 1,
    arbitrary: fc.constantFrom<FactValue>(Number.NaN, Number.POSITIVE_INFINITY, `«${'x'.repeat(500)}»`, 'w299'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(word, number), { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const field: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: value },
  { weight: 1, arbitrary: fc.constantFrom(null, '', [], {}) },
);
const tree = fc.record(
  {
    a: fc.oneof(field, fc.record({ b: fc.oneof(field, fc.array(field, { maxLength: 2 })) })),
    deep: fc.constant({ er: { and: { deep: { er: 'RED' } } } }),
  },
  { requiredKeys: [] },
);

const FACTS = [
  'channel',
  'app_id',
  'metadata',
  'keyword',
  'text',
  'quality_rating',
  'age_seconds',
  'injected',
] as const;

/** The facts of a callback, of any kind and often missing, and its payload and body. */
export const happening = fc.record({
  trigger: fc.constantFrom(...TRIGGERS),
  facts: fc.record(Object.fromEntries(FACTS.map((name) => [name, value])), { requiredKeys: [] }),
  recalled: fc.oneof(fc.constant(undefined), word),
  payload: tree,
  body: tree,
});
export type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** The facts of a callback of which nothing is missing, each of its own type. */
export const wholeHappening = fc.record({
  trigger: fc.constantFrom(...TRIGGERS),
  facts: fc.record({
    ...Object.fromEntries(FACTS.map((name) => [name, word])),
    age_seconds: number,
    injected: fc.boolean(),
  }),
  recalled: word,
  payload: fc.record({ a: fc.record({ b: scalar }) }),
  body: fc.constant({}),
});
