import { RE2JS } from '@bufbuild/re2';
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
  accepts: isText,
  prepare: (operand) => RE2JS.compile(String(operand)),
  test: (value, pattern) => isText(value) && pattern.test(value),
});
