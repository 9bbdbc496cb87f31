import { formatHours, Hours, isWithin } from '../model/hours.ts';
import { is, pair } from './operator.ts';
import { isTime, timeOf } from './value-schemas.ts';

export const withinHours = pair({
  description: 'Within these hours of a day, by the wall clock of a time zone.',
  positive: { name: 'withinHours', ...is((value) => `within ${value}`) },
  negative: { name: 'outsideHours', ...is((value) => `outside ${value}`) },
  values: { time: Hours, json: Hours },
  readsClock: true,
  formatOperand: (operand) => formatHours(operand as Hours), // passed its schema
  accepts: isTime,
  prepare: (operand) => isWithin(operand as Hours), // passed its schema
  test: (value, within) => within(timeOf(value)),
});
