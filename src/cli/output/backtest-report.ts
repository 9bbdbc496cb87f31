import { type Shift, type Tally, totals } from '../../rules/prove/backtest.ts';
import { counted } from '../rules/checked-rules.ts';

/**
 * Returns the changes of a rulebook as lines. `explain` is the command that explains an example.
 */
export function reportLines(tally: Tally, explain: string): readonly string[] {
  const { callbacks, changed, shifts, suppressed, released, unknown } = tally;
  const head = `${counted(callbacks, 'callback')}: ${changed === 0 ? 'nothing would be different' : `${changed} would end otherwise`}`;
  const actions = [...new Set(shifts.map(({ action }) => action))].sort();
  const sums = [
    ...actions.map((action) => {
      const { more, fewer } = totals(tally, action);
      return `${action} actions: ${more} more, ${fewer} fewer`;
    }),
    suppressed.length > 0 ? `${people(suppressed.length)} newly suppressed` : '',
    released.length > 0 ? `${people(released.length)} no longer suppressed` : '',
  ].filter(Boolean);
  const rules = [...new Set(shifts.map(({ rule }) => rule))].sort();
  const examples =
    shifts.some(({ moreFor, fewerFor }) => moreFor.length + fewerFor.length > 0) ||
    unknown.length > 0;
  return [
    head,
    ...sums.map((line) => `  ${line}`),
    ...rules.flatMap((rule) => [
      `  ${rule}`,
      ...shifts.filter((shift) => shift.rule === rule).flatMap((shift) => shiftLines(shift)),
    ]),
    ...unknown.map(
      ({ rule, count, reason, examples: some }) =>
        `  ${rule}: unknown for ${counted(count, 'callback')}, because what is needed was not kept: ${reason.join(', ')} (${some.join(', ')})`,
    ),
    ...(examples ? [`  Why? ${explain}`] : []),
  ];
}

function shiftLines({ message, more, fewer, moreFor, fewerFor }: Shift): readonly string[] {
  return [
    ...(more > 0 ? [`    + ${more} × ${message}: ${named(moreFor, more)}`] : []),
    ...(fewer > 0 ? [`    - ${fewer} × ${message}: ${named(fewerFor, fewer)}`] : []),
  ];
}

const named = (examples: readonly string[], count: number): string =>
  count > examples.length ? `${examples.join(', ')}, …` : examples.join(', ');

const people = (count: number): string => (count === 1 ? '1 person' : `${count} people`);
