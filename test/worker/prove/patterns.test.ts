import { RE2JS as ours } from '@bufbuild/re2';
import { RE2JS as whole } from 're2js';
import { expect, test } from 'vitest';

// @bufbuild/re2 asks the engine which characters a class of Unicode has, so it matters which engine that is:
// test/rules/patterns.test.ts compares in Node, this here in workerd. re2js knows Unicode 16; an engine may know more.
const unknown = whole.compile('\\p{Unknown}');
const known = Array.from({ length: 0x3_00_00 }, (_, code) => String.fromCodePoint(code)).filter(
  // ʕ became another kind of letter in Unicode 17.
  (character) => !unknown.matcher(character).find() && character !== 'ʕ',
);

test.each([
  '\\p{L}',
  '\\p{Ll}',
  '\\p{M}',
  '\\pN',
  '\\p{P}',
  '\\p{S}',
  '\\p{Cf}',
  '\\p{Han}',
  '\\p{Greek}',
  '(?i)\\p{Lu}',
])('%s has the same characters in workerd', (written) => {
  const [one, other] = [ours.compile(written), whole.compile(written)];
  expect(
    known.filter((character) => one.test(character) !== other.matcher(character).find()),
  ).toEqual([]);
});
