import { formatList } from '../../rules/model/format.ts';
import {
  headWords,
  MOST_PEOPLE,
  type Shift,
  type Tally,
  totals,
} from '../../rules/prove/backtest.ts';
import type { ActionChange } from '../../rules/prove/fired-actions.ts';
import { counted } from '../rules/checked-rules.ts';

/**
 * Returns the changes of a rulebook as lines. `explain` is the command that explains an example.
 */
export function reportLines(tally: Tally, explain: string): readonly string[] {
  const { callbacks, shifts, changes, suppressed, released, unknown } = tally;
  const head = `${counted(callbacks, 'callback')}: ${headWords(tally)}`;
  const actions = [...new Set([...shifts, ...changes].map(({ action }) => action))].sort();
  const sums = [
    ...actions.map((action) => {
      const { more, fewer } = totals(tally, action);
      const moved = changes
        .filter((one) => one.action === action)
        .reduce((sum, { count }) => sum + count, 0);
      return `${action} actions: ${more} more, ${fewer} fewer${moved > 0 ? `, ${moved} changed` : ''}`;
    }),
    suppressed.length > 0 ? `${people(suppressed.length)} newly suppressed` : '',
    released.length > 0 ? `${people(released.length)} no longer suppressed` : '',
  ].filter(Boolean);
  const rules = [...new Set([...shifts, ...changes].map(({ rule }) => rule))].sort();
  const examples =
    changes.length > 0 ||
    shifts.some(({ moreFor, fewerFor }) => moreFor.length + fewerFor.length > 0) ||
    unknown.length > 0;
  return [
    head,
    ...sums.map((line) => `  ${line}`),
    ...rules.flatMap((rule) => [
      `  ${rule}`,
      ...shifts.filter((shift) => shift.rule === rule).flatMap((shift) => shiftLines(shift)),
      ...changes.filter((change) => change.rule === rule).map(changeLine),
    ]),
    ...unknown.map(
      ({ rule, count, reason, examples: some }) =>
        `  ? ${rule}: unknown for ${counted(count, 'callback')}, because what is needed was not kept: ${reason.join(', ')} (${some.join(', ')})`,
    ),
    ...remedyLines(unknown),
    ...(examples ? [`  Why? ${explain}`] : []),
  ];
}

/** The windows of thresholds, as the journal names what it does not have. */
const WINDOWS = 'its threshold';

/** What to do about the unknown. */
function remedyLines(unknown: Tally['unknown']): readonly string[] {
  const reasons = new Set(unknown.flatMap(({ reason }) => reason));
  if (reasons.size === 0) return [];
  const facts = [...reasons].some((reason) => reason !== WINDOWS);
  return [
    ...(facts
      ? ['  Texts and metadata are on record with the setting JOURNAL_PAYLOAD=keep, from then on.']
      : []),
    '  A file of callbacks has everything: signalbox backtest --file week.ndjson',
  ];
}

function changeLine({ was, message, differs, count, examples }: ActionChange): string {
  const words =
    was === message
      ? `${message}, with another ${formatList(differs, 'and')}`
      : `${was} → ${message}`;
  return `    ~ ${count} × ${words}: ${named(examples, count)}`;
}

function shiftLines({ message, more, fewer, moreFor, fewerFor }: Shift): readonly string[] {
  return [
    ...(more > 0 ? [`    + ${more} × ${message}: ${named(moreFor, more)}`] : []),
    ...(fewer > 0 ? [`    - ${fewer} × ${message}: ${named(fewerFor, fewer)}`] : []),
  ];
}

const named = (examples: readonly string[], count: number): string =>
  count > examples.length ? `${examples.join(', ')}, …` : examples.join(', ');

const people = (count: number): string =>
  count === 1 ? '1 person' : `${count} people${count >= MOST_PEOPLE ? ' or more' : ''}`;
