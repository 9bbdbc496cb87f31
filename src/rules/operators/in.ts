import { byComplement, byValue } from './index-forms.ts';
import { pair } from './operator.ts';
import { oncePerList } from './text-operands.ts';
import { isPresent, listOf, Num, Scalar, Text } from './value-schemas.ts';

const setOf = oncePerList(
  (list): Pick<ReadonlySet<unknown>, 'has'> =>
    list.length < 10 ? { has: (value) => list.includes(value) } : new Set(list),
);
const itemsOf = (operand: unknown): readonly unknown[] => operand as readonly unknown[]; // passed its schema

export const isIn = pair({
  description: 'Exactly one of these values.',
  positive: {
    name: 'in',
    summary: (value) => `is ${value}`,
    expected: (value) => `one of ${value}`,
    alternatives: { forAnySpelling: 'says' },
  },
  negative: {
    name: 'notIn',
    summary: (value) => `is not ${value}`,
    expected: (value) => `none of ${value}`,
    alternatives: { forAnySpelling: 'doesNotSay' },
  },
  values: {
    text: listOf(Text, 'texts'),
    number: listOf(Num, 'numbers'),
    json: listOf(Scalar, 'texts or numbers'),
  },
  takesList: true,
  exact: true,
  accepts: isPresent,
  prepare: (operand) => setOf(itemsOf(operand)),
  test: (value, items) => items.has(value),
  index: byValue(itemsOf),
  negativeIndex: byComplement(itemsOf),
  partition: { by: 'value', at: itemsOf },
});
