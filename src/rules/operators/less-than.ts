import { bySide } from './index-forms.ts';
import { is, pair } from './operator.ts';
import { compared, isNumber } from './value-schemas.ts';

export const lessThan = pair({
  description: 'A number below this one.',
  positive: { name: 'lessThan', ...is((value) => `less than ${value}`) },
  negative: { name: 'greaterThanInclusive', ...is((value) => `at least ${value}`) },
  values: compared,
  accepts: isNumber,
  prepare: Number,
  test: (value, operand) => Number(value) < operand,
  index: bySide('below', 'more'),
  negativeIndex: bySide('atLeast', 'lessOrEqual'),
  partition: { by: 'side', at: Number },
});
