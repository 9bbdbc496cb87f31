import { RE2JS } from '@bufbuild/re2';
import { byLiteral } from './index-forms.ts';
import { pair } from './operator.ts';
import { isText } from './text-operands.ts';
import { Pattern } from './value-schemas.ts';

export const matches = pair({
  description: 'An RE2 pattern, found anywhere in the text as it stands. `(?i)` ignores case.',
  positive: {
    name: 'matches',
    summary: (value) => `matches ${value}`,
    expected: (value) => `a text that matches ${value}`,
  },
  negative: {
    name: 'doesNotMatch',
    summary: (value) => `does not match ${value}`,
    expected: (value) => `a text that does not match ${value}`,
  },
  values: { text: Pattern, json: Pattern },
  readsPattern: true,
  accepts: isText,
  prepare: (operand) => RE2JS.compile(String(operand)),
  test: (value, pattern) => isText(value) && pattern.test(value),
  index: byLiteral,
  sizeOf: (operand) => sizeOf(String(operand)),
});

/** The length of a pattern with its repetitions multiplied: RE2 allows at most 1,000 of them, nested ones multiplied. */
function sizeOf(pattern: string): number {
  let repetitions = 1;
  for (const [, least = '1', most] of pattern.matchAll(/\{(\d{1,4})(?:,(\d{0,4}))?\}/g))
    repetitions *= Math.max(Number(most || least), 1);
  return pattern.length * Math.min(repetitions, 1_000);
}
