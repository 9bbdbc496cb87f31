import { SLOT, slotOf } from './figures.ts';

const HOUR = 3_600_000;

/** A step of time in a time zone. */
export const UNITS = ['hour', 'day', 'month'] as const;
export type Unit = (typeof UNITS)[number];

/** Steps of time: where each begins, and the end of the last, in milliseconds since 1970; one label for each. */
export interface Steps {
  readonly bounds: readonly number[];
  readonly labels: readonly string[];
}

/** How many characters of `2026-11-20T10:00` name the hour, the day or the month. */
const LABEL: Readonly<Record<Unit, number>> = { hour: 16, day: 10, month: 7 };
/** Every step is at least this long, in milliseconds: days are shorter when the clocks change. */
const LEAST: Readonly<Record<Unit, number>> = { hour: SLOT, day: 22 * HOUR, month: 27 * 24 * HOUR };

/**
 * Returns the steps of a span of time, labelled by the wall clock of a time zone: `2026-11-20T10:00`,
 * `2026-11-20` or `2026-11`. The span is widened to quarters of an hour. Without a unit it is one step.
 */
export function stepsOf(
  unit: Unit | undefined,
  { since, until }: { readonly since: number; readonly until: number },
  timeZone: string,
): Steps {
  const start = slotOf(since);
  const end = Math.max(start + SLOT, slotOf(until + SLOT - 1));
  if (!unit) return { bounds: [start, end], labels: [''] };
  const label = labeller(unit, timeZone);
  const bounds: number[] = [];
  const labels: string[] = [];
  for (let at = start; at < end; ) {
    const own = label(at);
    bounds.push(at);
    labels.push(own);
    // Only the first step may begin in the middle, and so be shorter.
    at += bounds.length === 1 ? SLOT : LEAST[unit];
    while (at < end && label(at) === own) at += SLOT;
  }
  return { bounds: [...bounds, end], labels };
}

/** Returns the label of the step that a time is in. @throws RangeError for an unknown time zone */
function labeller(unit: Unit, timeZone: string): (at: number) => string {
  const length = LABEL[unit];
  const named = (local: string): string =>
    unit === 'hour' ? `${local.slice(0, 13)}:00` : local.slice(0, length);
  if (timeZone === 'UTC') return (at) => named(new Date(at).toISOString());
  // The Swedish locale writes `2026-11-20 10:00`.
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (at) => named(clock.format(at).replace(' ', 'T'));
}

/** Returns whether a time zone is known, like `Europe/Stockholm`. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('sv-SE', { timeZone });
    return true;
  } catch {
    return false;
  }
}
