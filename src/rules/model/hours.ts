import * as v from 'valibot';
import { formatList } from './format.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_NAMES: Readonly<Record<string, number>> = {
  Mon: 0,
  Tue: 1,
  Wed: 2,
  Thu: 3,
  Fri: 4,
  Sat: 5,
  Sun: 6,
};

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Returns the cached formatter of a time zone, because creating one costs more than deciding a callback. Throws for an unknown zone. */
function clock(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  clocks.set(timeZone, made);
  return made;
}

function isTimeZone(timeZone: string): boolean {
  try {
    clock(timeZone);
    return true;
  } catch {
    return false;
  }
}

const A_TIME = 'expected a time of day like "09:00"';
const At = v.pipe(v.string(A_TIME), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, A_TIME));

/** Opening hours, `from` inclusive, `to` exclusive. Hours that span midnight (`to` before `from`) belong to the day they start on. */
export const Hours = v.pipe(
  v.strictObject({
    from: At,
    to: v.union([At, v.literal('24:00')], 'expected a time of day like "17:00"'),
    timeZone: v.pipe(
      v.string(),
      v.check(isTimeZone, 'expected a time zone like "Europe/Stockholm"'),
    ),
    days: v.optional(
      v.pipe(
        v.array(
          v.picklist(DAYS, 'expected "mon", "tue", "wed", "thu", "fri", "sat" or "sun"'),
          'expected a list of days like ["mon", "fri"]',
        ),
        v.nonEmpty('expected at least one day'),
      ),
    ),
  }),
  v.check(
    ({ from, to }) => from !== to,
    '"from" and "to" are the same: for whole days write "00:00" and "24:00"',
  ),
);
export type Hours = v.InferOutput<typeof Hours>;

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Returns a test whether a time (milliseconds since 1970) is within the hours, by the wall clock of their time zone. */
export function isWithin(hours: Hours): (time: number) => boolean {
  const { timeZone, days } = hours;
  const from = minutes(hours.from);
  const to = minutes(hours.to);
  const open = new Set((days ?? DAYS).map((day) => DAYS.indexOf(day)));
  return (time) => {
    const { day, minute } = wallClock(time, timeZone);
    if (from < to) return open.has(day) && minute >= from && minute < to;
    return (minute >= from && open.has(day)) || (minute < to && open.has((day + 6) % 7));
  };
}

/** The furthest that hours are searched, in milliseconds: 400 days. */
const HORIZON = 400 * 86_400_000;

/**
 * Returns when `wanted` milliseconds within the hours have passed since `from` (milliseconds since 1970); at most 400 days later, for
 * hours that are hardly ever open.
 */
export function addWithin(hours: Hours, from: number, wanted: number): number {
  const within = isWithin(hours);
  const edges = [minutes(hours.from), minutes(hours.to)];
  let at = from;
  let left = wanted;
  while (at < from + HORIZON) {
    const { minute } = wallClock(at, hours.timeZone);
    // At most to the next full hour of the wall clock: there a time zone may change its offset.
    const ahead = [
      60 - (minute % 60),
      ...edges.map((edge) => (edge - minute + 1440) % 1440 || 1440),
    ];
    const next = (Math.floor(at / 60_000) + Math.min(...ahead)) * 60_000;
    if (within(at)) {
      if (left <= next - at) return at + left;
      left -= next - at;
    }
    at = next;
  }
  return from + HORIZON;
}

function wallClock(time: number, timeZone: string): { day: number; minute: number } {
  let day = -1;
  let minute = 0;
  for (const { type, value } of clock(timeZone).formatToParts(time)) {
    if (type === 'weekday') day = DAY_NAMES[value] ?? -1;
    if (type === 'hour') minute += Number(value) * 60;
    if (type === 'minute') minute += Number(value);
  }
  return { day, minute };
}

/** "09:00–17:00 on mon, tue and wed (Europe/Stockholm time)". */
export const formatHours = ({ from, to, timeZone, days }: Hours): string =>
  `${from}–${to}${days ? ` on ${formatList(days, 'and')}` : ''} (${timeZone} time)`;
