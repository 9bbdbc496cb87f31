import { is, pair } from './operator.ts';
import { isTime, timed, timeOf } from './value-schemas.ts';

const parse = (operand: unknown): number => Date.parse(String(operand));

export const after = pair({
  description: 'A moment after this one.',
  positive: { name: 'after', ...is((value) => `after ${value}`) },
  negative: { name: 'notAfter', ...is((value) => `not after ${value}`) },
  values: timed,
  accepts: isTime,
  prepare: parse,
  test: (value, operand) => timeOf(value) > operand,
  partition: { by: 'side', at: parse },
});
