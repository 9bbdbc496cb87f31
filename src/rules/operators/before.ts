import { is, pair } from './operator.ts';
import { isTime, timed, timeOf } from './value-schemas.ts';

const parse = (operand: unknown): number => Date.parse(String(operand));

export const before = pair({
  description: 'A moment before this one.',
  positive: { name: 'before', ...is((value) => `before ${value}`) },
  negative: { name: 'notBefore', ...is((value) => `not before ${value}`) },
  values: timed,
  accepts: isTime,
  prepare: parse,
  test: (value, operand) => timeOf(value) < operand,
  partition: { by: 'side', at: parse },
});
