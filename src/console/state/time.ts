const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const NUMBER = new Intl.NumberFormat('en');

/** A time in the viewer's zone: "30 Nov 2026, 08:12". */
export const fullTime = (iso: string): string => FULL.format(new Date(iso));

const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 365],
  ['year', Number.POSITIVE_INFINITY],
] as const;

/** How long ago: "3 hours ago", "yesterday". */
export function ago(iso: string, now: number = Date.now()): string {
  let amount = (Date.parse(iso) - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return RELATIVE.format(Math.round(amount), unit);
    amount /= size;
  }
  return fullTime(iso);
}

/** A number with separators: "12,345". */
export const count = (value: number): string => NUMBER.format(value);

/** "1 rule", "2 rules". */
export const counted = (value: number, noun: string, plural = `${noun}s`): string =>
  `${count(value)} ${value === 1 ? noun : plural}`;

/** The value of a `datetime-local` field as ISO 8601, or `undefined` where it is empty. */
export const isoOf = (local: string): string | undefined => {
  const time = new Date(local);
  return local === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
};

/** A time as a `datetime-local` field takes it, in the viewer's zone. */
export function localOf(time: number): string {
  const date = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
