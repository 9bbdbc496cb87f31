import { bySide } from './index-forms.ts';
import { is, pair } from './operator.ts';
import { compared, isNumber } from './value-schemas.ts';

export const greaterThan = pair({
  description: 'A number above this one.',
  positive: { name: 'greaterThan', ...is((value) => `more than ${value}`) },
  negative: { name: 'lessThanInclusive', ...is((value) => `at most ${value}`) },
  values: compared,
  accepts: isNumber,
  prepare: Number,
  test: (value, operand) => Number(value) > operand,
  index: bySide('above', 'less'),
  negativeIndex: bySide('atMost', 'moreOrEqual'),
  partition: { by: 'side', at: Number },
});
