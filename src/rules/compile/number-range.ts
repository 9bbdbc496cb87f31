import type { FactDefinition, NumberRange } from '../../callbacks/facts/fact.ts';
import { formatList } from '../model/format.ts';
import type { Operator } from '../operators/operator.ts';

/** What is wrong with a number that a fact is compared with. `at` is its position in a list of numbers. */
export interface RangeFault {
  readonly at?: number;
  readonly code: 'out-of-range';
  readonly message: string;
  readonly hint: string;
}

type Subject = Pick<FactDefinition, 'range'> & { readonly name: string };

/**
 * Returns what is wrong with a comparison that no number meets which the fact can be, or that all of them meet: `attempt`
 * below 0, a share of at most 1. `undefined` if nothing is, or if the fact's range is not known.
 * @param value the operand, which suits the operator
 */
export function rangeFault(
  { name, range }: Subject,
  operator: Operator,
  value: unknown,
): RangeFault | undefined {
  if (!range || !operator.partition) return undefined;
  if (operator.partition.by === 'value') {
    const numbers = operator.partition.at(value);
    const at = numbers.findIndex((one) => typeof one === 'number' && !isWithin(range, one));
    const outside = numbers[at];
    if (typeof outside !== 'number') return undefined;
    return {
      ...(Array.isArray(value) && { at }),
      code: 'out-of-range',
      message: `"${name}" is never ${outside}: it is ${rangeWords(range)}`,
      hint: meantNumber(range, outside),
    };
  }
  if (operator.partition.by !== 'side' || typeof value !== 'number') return undefined;
  // Each of these operators splits the numbers at one point, so the ends of the range tell.
  const holds = operator.bind(value);
  const [low, high] = [holds(range.least), holds(range.most ?? Number.MAX_VALUE)];
  if (low !== high) return undefined;
  return {
    code: 'out-of-range',
    message: `"${name}" ${operator.name} ${value} ${low ? 'always' : 'never'} holds: it is ${rangeWords(range)}`,
    hint: low
      ? `remove the comparison, or write "operator": "present" without a value to ask whether "${name}" is known`
      : meantNumber(range, value),
  };
}

const isWithin = ({ least, most = Infinity, whole }: NumberRange, value: number): boolean =>
  value >= least && value <= most && (!whole || Number.isInteger(value));

const rangeWords = ({ least, most, whole }: NumberRange): string =>
  formatList(
    [
      ...(whole ? ['a whole number'] : []),
      most === undefined ? `${least} or more` : `from ${least} to ${most}`,
    ],
    'and',
  );

/** A share is often written in percent. */
function meantNumber({ least, most, whole }: NumberRange, value: number): string {
  if (most === 1 && value > 1 && value <= 100) return `write ${value / 100} for ${value} %`;
  if (whole && value > least)
    return `write a whole number, like ${Math.floor(value)} or ${Math.ceil(value)}`;
  return `write a number ${most === undefined ? `above ${least}` : `between ${least} and ${most}`}`;
}
