import { byComplement, byValue } from './index-forms.ts';
import { is, pair } from './operator.ts';
import { isPresent, scalars } from './value-schemas.ts';

export const equal = pair({
  description: 'Exactly this value: `"5"` is not 5, `red` is not `RED`.',
  positive: {
    name: 'equal',
    ...is((value) => value),
    alternatives: { forLists: 'in', forAnySpelling: 'says', forPresence: 'missing' },
  },
  negative: {
    name: 'notEqual',
    summary: (value) => `is not ${value}`,
    expected: (value) => `anything but ${value}`,
    alternatives: { forLists: 'notIn', forAnySpelling: 'doesNotSay', forPresence: 'present' },
  },
  values: scalars,
  exact: true,
  accepts: isPresent,
  prepare: (operand) => operand,
  test: (value, operand) => value === operand,
  index: byValue((operand) => [operand]),
  negativeIndex: byComplement((operand) => [operand]),
  partition: { by: 'value', at: (operand) => [operand] },
});
