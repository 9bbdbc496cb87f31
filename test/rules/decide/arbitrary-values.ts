import fc from 'fast-check';
import type { FactValue } from '../../../src/callbacks/facts/fact.ts';

/** The two triggers the generated rules listen to, so that every fact below is carried by one of them. */
export const TRIGGERS = ['CHANNEL_EVENT', 'MESSAGE_INBOUND'] as const;

/** Rules and callbacks draw on the same few texts, so that they meet. Lone surrogates are texts, too. */
export const WORDS = [
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
  'null',
  '__proto__',
  'constructor',
  '\ud800',
  '\udc00 stop \ud83d',
  '🛑',
  '👩‍👩‍👧 ok',
  'e\u0301te\u0301',
  'ﬁn',
  '\u202eпока',
  'SMS',
  'WHATSAPP',
  'रोकें',
];
const NUMBERS = [0, -0, 1, -1.5, 3, 2 ** 53, 1e300, 5e-324];
/** About the hours when clocks are put forward and back, and the ends of what JavaScript knows. */
const TIMES = [
  0,
  -0,
  -1.5,
  Date.parse('2026-03-29T00:59:59Z'),
  Date.parse('2026-03-29T01:00:00Z'),
  Date.parse('2026-10-25T00:30:00Z'),
  Date.parse('2026-10-25T01:30:00Z'),
  Date.parse('2026-11-20T12:00:00Z'),
  8.64e15,
  -8.64e15,
];
const TOLD_TIMES = [
  '2026-11-20T12:00:00Z',
  '2026-11-20T13:00:00.001+01:00',
  'Fri, 20 Nov 2026 12:00:00 GMT',
  '2026',
];

export const word = fc.constantFrom(...WORDS);
export const number = fc.constantFrom(...NUMBERS);
export const scalar = fc.oneof(word, number, fc.boolean());
const time = fc.constantFrom(...TIMES);
/** Any code units at all: lone surrogates, control characters, half of a pair at either end. */
export const anyText = fc
  .array(fc.integer({ min: 1, max: 0xffff }), { minLength: 1, maxLength: 12 })
  .map((units) => String.fromCharCode(...units));
/** Whole letters of any script, with what stands on and around them. */
export const letters = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });

/** Lists of a callback: mostly short, sometimes hundreds of items with one at the end that rules ask for. */
const hundreds = fc
  .tuple(fc.integer({ min: 200, max: 600 }), word)
  .map(([length, last]) => [...Array.from({ length }, (_, at) => `w${at}`), last]);
const listed = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.oneof(word, number), { maxLength: 5 }) },
  { weight: 1, arbitrary: hundreds },
);

/** The number of levels that the payload's deepest field lies under. */
export const DEEP = 30;
export const DEEP_PATH = Array.from({ length: DEEP }, () => 'd').join('.');
const deep = (inner: unknown): unknown =>
  DEEP_PATH.split('.').reduce((within, key) => ({ [key]: within }), inner);

const value: fc.Arbitrary<FactValue> = fc.oneof(
  { weight: 8, arbitrary: word },
  { weight: 4, arbitrary: number },
  { weight: 2, arbitrary: fc.boolean() },
  {
    weight: 2,
    arbitrary: fc.constantFrom<FactValue>(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      `«${'x'.repeat(500)}»`,
      'w299',
    ),
  },
  { weight: 1, arbitrary: fc.oneof(time, fc.constantFrom(...TOLD_TIMES, 8.64e15 + 2)) },
  { weight: 1, arbitrary: fc.oneof(anyText, letters) },
  { weight: 2, arbitrary: listed },
  { weight: 2, arbitrary: fc.constant(undefined) },
);
const field: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: value },
  { weight: 1, arbitrary: fc.constantFrom(null, '', [], {}, [null, 'RED', Number.NaN]) },
);
const tree = fc.record(
  {
    a: fc.oneof(field, fc.record({ b: fc.oneof(field, fc.array(field, { maxLength: 2 })) })),
    n: field,
    t: field,
    l: field,
    d: field.map((inner) => (deep({ d: inner }) as { d: unknown }).d),
  },
  { requiredKeys: [] },
);

const TEXT_FACTS = ['channel', 'app_id', 'metadata', 'keyword', 'text', 'quality_rating'] as const;
const FACTS = [
  ...TEXT_FACTS,
  'age_seconds',
  'event_time',
  'restriction_types',
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

const someText = fc.oneof(
  { weight: 6, arbitrary: word },
  { weight: 1, arbitrary: fc.oneof(anyText, letters) },
);

/** The facts of a callback of which nothing is missing, each of the type that rules compare it by. */
export const wholeHappening = fc.record({
  trigger: fc.constantFrom(...TRIGGERS),
  facts: fc.record({
    ...Object.fromEntries(TEXT_FACTS.map((name) => [name, someText])),
    age_seconds: number,
    event_time: time,
    restriction_types: listed,
    injected: fc.boolean(),
  }),
  recalled: word,
  payload: fc.record({
    a: fc.record({ b: fc.oneof(scalar, someText, fc.constant(Number.NaN)) }),
    n: number,
    t: fc.oneof(time, fc.constantFrom(...TOLD_TIMES)),
    l: fc.oneof(listed, fc.constant([null, 'RED', Number.NaN])),
    d: scalar.map((inner) => (deep(inner) as { d: unknown }).d),
  }),
  body: fc.constant({}),
});
