import { byItem } from './index-forms.ts';
import { pair } from './operator.ts';
import { Scalar } from './value-schemas.ts';

export const contains = pair({
  description: 'A list that has this item.',
  positive: {
    name: 'contains',
    summary: (value) => `contains ${value}`,
    expected: (value) => `a list with ${value}`,
  },
  negative: {
    name: 'doesNotContain',
    summary: (value) => `does not contain ${value}`,
    expected: (value) => `a list without ${value}`,
  },
  values: { list: Scalar, json: Scalar },
  exact: true,
  accepts: (value) => Array.isArray(value),
  prepare: (operand) => operand,
  test: (value, operand) => Array.isArray(value) && value.includes(operand),
  index: byItem,
  partition: { by: 'item', at: (operand) => operand },
});
