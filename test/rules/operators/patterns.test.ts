import { RE2JS as ours } from '@bufbuild/re2';
import fc from 'fast-check';
import { RE2JS as whole } from 're2js';
import { expect, test } from 'vitest';
import { runs } from '../../setup/runs.ts';

// @bufbuild/re2 is re2js without what we do not use (where a match stands, replacing) and without its tables of
// Unicode, half of its size. Here it is held against re2js, which stays out of the Worker.

const classes = fc.constantFrom(
  ...[
    '\\p{L}',
    '\\pN',
    '\\p{Lu}',
    '\\P{Ll}',
    '\\p{Greek}',
    '\\p{^Han}',
    '\\p{Latin}',
    '[\\p{Lu}x]',
    '[^\\pP]',
  ],
  ...['\\d', '\\W', '\\s', '\\w', '.', '[[:alpha:]]', '[^a-c]', '[a-zß]'],
);
const letters = fc.constantFrom(
  ...['a', 'B', 'k', 'ß', 'é', 'ſ', 'ς', 'ж', 'İ', 'ﬀ', '1', ' ', '😀', '\\.', '\\x{212A}'],
);
const places = fc.constantFrom('^', '$', '\\b', '\\B', '\\A', '\\z', '(?m:^)', '(?m:$)');
const times = fc.constantFrom('*', '+', '?', '*?', '{2}', '{1,3}', '{0,2}?', '{2,}');
const groups = fc.constantFrom('(?i:', '(?s:', '(?is:', '(?-i:', '(?U:', '(');

const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(letters, classes, places),
    fc.tuple(tie('pattern'), tie('pattern')).map((both) => both.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map((either) => `(?:${either.join('|')})`),
    fc.tuple(tie('pattern'), times).map(([part, many]) => `(${part})${many}`),
    fc.tuple(groups, tie('pattern')).map(([group, part]) => `${group}${part})`),
  ),
}));
const characters = [...'aAbBckK\u212aßẞéÉsſσςΣжЖİiıﬀ1٣ \n😀._-Åå\u212b中x\u00a0', '\ud83d'];
const texts = fc.array(fc.string({ unit: fc.constantFrom(...characters), maxLength: 12 }), {
  minLength: 4,
});

test('a pattern says of every text what re2js says', () => {
  fc.assert(
    fc.property(pattern, texts, (written, some) => {
      const [one, other] = [ours.compile(written), whole.compile(written)];
      for (const text of some) expect(one.test(text), text).toBe(other.matcher(text).find());
    }),
    { numRuns: runs(1_000) },
  );
});

test.each([
  ...[
    '(',
    'a)',
    '[a',
    'a**',
    '(?=x)',
    '(?<=a)b',
    '\\1',
    'a{1001}',
    '(a{1000}){1000}',
    '\\p{Foo}',
    '\\p{Latn}',
    '\\pX',
  ],
  ...['*a', '[b-a]', '[[:foo:]]', '\\x{110000}', 'a\\', '(?i', '\\C', '(?P<n>a)(?P<n>b)'],
])('%s is no pattern, in the same words', (written) => {
  const [said, expected] = [
    faultOf(() => ours.compile(written)),
    faultOf(() => whole.compile(written)),
  ];
  expect(said).toMatch(/^error parsing regexp: /);
  expect(said).toBe(expected);
});

function faultOf(compile: () => unknown): string {
  try {
    compile();
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
}

// What a backtracking engine takes years for.
test.each([
  ['(a*)*[^a]', 'a'],
  ['(a|aa)+\\d', 'a'],
  ['.*a.{20}[^ab]', 'ab'],
  ['(?:(?:a?){30}){30}[^a]', 'a'],
])(
  '%s takes no longer than its text',
  (written, part) => {
    expect(ours.compile(written).test(part.repeat(20_000 / part.length))).toBe(false);
  },
  5_000,
);
