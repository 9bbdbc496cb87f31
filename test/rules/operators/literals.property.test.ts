import { RE2JS } from '@bufbuild/re2';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byLiteral } from '../../../src/rules/operators/index-forms.ts';
import { literalsOf, lowerAscii } from '../../../src/rules/operators/literals.ts';
import { runs } from '../../setup/runs.ts';

const LEAST = 3;

describe('literalsOf', () => {
  test.each<[string, readonly string[] | undefined]>([
    ['voucher', ['voucher']],
    ['^Order #\\d+$', ['order #']],
    ['(?i)gift-?card|\\bvoucher', ['gift', 'voucher']],
    ['colou?r', ['colo']],
    ['a+bcd', ['abcd']],
    ['abc{2,}d', ['abc']],
    ['abc{0,2}def', ['def']],
    ['(promo|offer)[0-9]+', ['promo', 'offer']],
    ['(?:promo)?code', ['code']],
    ['(?P<name>summer)-sale', ['summer']],
    ['[abc]def', ['def']],
    ['[]x]def[^]y]', ['def']],
    ['[[:alpha:]]def', ['def']],
    ['\\x41def', ['def']],
    ['\\x{1F600}def', ['def']],
    ['\\p{Greek}def', ['def']],
    ['\\pLdef', ['def']],
    ['1\\.50 EUR', ['1.50 eur']],
    ['été', ['été']],
    ['(?i)été', undefined],
    ['\\d+', undefined],
    ['ab', undefined],
    ['stop|no', undefined],
    ['.*', undefined],
    ['\\Qa.b\\Ecd', undefined],
  ])('of %s', (pattern, literals) => expect(literalsOf(pattern, LEAST)).toEqual(literals));
});

const piece = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b') },
  fc.constantFrom(
    'a',
    'b',
    'K',
    's',
    'É',
    '😀',
    '-',
    '\\.',
    '\\d',
    '\\b',
    '.',
    '[ab]',
    '[^]a]',
    '^',
    '$',
  ),
  fc.constantFrom('\\x61', '\\pL', '\\p{L}', '[[:digit:]]', '(?i)', '\\061', '{', '\\x{62}'),
);
const times = fc.constantFrom(
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '?',
  '*',
  '+',
  '{0,2}',
  '{1,2}',
  '{2}',
  '+?',
  '??',
);
/** Alternatives of up to `most` atoms, each with its quantifier. */
const alternatives = (atom: fc.Arbitrary<string>, most: number): fc.Arbitrary<string> =>
  fc
    .array(
      fc
        .array(fc.tuple(atom, times), { minLength: 1, maxLength: most })
        .map((some) => some.map(([sign, often]) => sign + often).join('')),
      { minLength: 1, maxLength: 2 },
    )
    .map((some) => some.join('|'));
const group = fc
  .tuple(fc.constantFrom('(', '(?:', '(?i:', '(?s:'), alternatives(piece, 4))
  .map(([open, inside]) => `${open}${inside})`);
const pattern = alternatives(fc.oneof({ weight: 5, arbitrary: piece }, group), 6);
const plain = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 3, maxLength: 12 });
const odd = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'A',
      'B',
      'k',
      '\u212a',
      's',
      '\u017f',
      'É',
      'é',
      '😀',
      '-',
      '.',
      '1',
      'ab',
      'ba',
    ),
    {
      maxLength: 12,
    },
  )
  .map((signs) => signs.join(''));
const texts = fc.oneof({ weight: 3, arbitrary: plain }, odd);

test('every text that a pattern matches has one of its literals', () => {
  let matched = 0;
  fc.assert(
    fc.property(pattern, fc.array(texts, { minLength: 20, maxLength: 20 }), (written, some) => {
      const literals = literalsOf(written, LEAST);
      const compiled = attempt(() => RE2JS.compile(written));
      if (!literals || !compiled) return;
      const find = byLiteral.finderOf(literals, { type: 'text' });
      for (const text of some) {
        if (!compiled.test(text)) continue;
        matched += 1;
        expect(literals.some((literal) => lowerAscii(text).includes(literal))).toBe(true);
        expect([...find(text)].some((key) => literals.includes(String(key)))).toBe(true);
      }
    }),
    { numRuns: runs(20_000) },
  );
  expect(matched).toBeGreaterThan(runs(100));
});

const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};
