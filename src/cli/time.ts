import { AppError } from '../errors.ts';
import type { Shell } from './shell.ts';

const parts = new Map<string, Intl.DateTimeFormat>();

/** Returns the cached formatter of a time zone. */
function formatter(zone: string): Intl.DateTimeFormat {
  const known = parts.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  });
  parts.set(zone, made);
  return made;
}

/** The wall clock of a time zone at a time, and its offset to UTC: `+01:00`. */
function wallClock(time: number, zone: string): { readonly text: string; readonly offset: string } {
  const found = new Map(
    formatter(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): string => found.get(type) ?? '';
  const offset = of('timeZoneName').replace('GMT', '');
  return {
    text: `${of('year')}-${of('month')}-${of('day')} ${of('hour')}:${of('minute')}:${of('second')}`,
    offset: offset === '' ? '+00:00' : offset,
  };
}

/** `2026-11-20 13:00:03 +01:00` for an ISO time in the user's time zone; in UTC without an offset. */
export function clock(iso: string, zone: string): string {
  if (zone === 'UTC') return iso.slice(0, 19).replace('T', ' ');
  const { text, offset } = wallClock(Date.parse(iso), zone);
  return `${text} ${offset}`;
}

type Clock = Pick<Shell, 'now' | 'zone'>;

/** A time as a person types it: a date, a time of today, or both. */
const TYPED = /^(?:(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?|(\d\d:\d\d(?::\d\d)?))$/;
const HAS_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/i;

/**
 * Returns a typed time as ISO 8601 in UTC. `2026-11-21 03:00`, `2026-11-21` and `03:00` (today) are times of the
 * user's time zone, a time with `Z` or an offset is that time anywhere.
 * @throws AppError `bad_request`, naming the option
 */
export function readTime(option: string, written: string, { now, zone }: Clock): string {
  const [, date, time = '00:00', only] = written.trim().match(TYPED) ?? [];
  const day = date ?? (only && wallClock(now(), zone).text.slice(0, 10));
  const at = day
    ? instantOf(`${day}T${only ?? time}`, zone)
    : HAS_ZONE.test(written)
      ? Date.parse(written)
      : Number.NaN;
  if (Number.isNaN(at))
    throw new AppError(
      'bad_request',
      `${option} ${written}: expected a time like "2026-11-21 03:00" or "03:00" (in ${zone}), or 2026-11-21T03:00:00Z`,
    );
  return new Date(at).toISOString();
}

/** The same for an option that also takes a duration ago, which the Worker reads: `7d`. */
export function readSince(option: string, written: string, shell: Clock): string;
export function readSince(
  option: string,
  written: string | undefined,
  shell: Clock,
): string | undefined;
export function readSince(option: string, written: string | undefined, shell: Clock) {
  const isDuration = written !== undefined && /^\d+[smhd]$/.test(written);
  return written === undefined || isDuration ? written : readTime(option, written, shell);
}

const DAY = 86_400_000;

/**
 * The time of a wall clock in milliseconds. Of a time that comes twice when summer time ends it is the first; a time
 * that is skipped when summer time begins is that much later.
 */
function instantOf(wall: string, zone: string): number {
  const utc = Date.parse(`${wall}Z`);
  if (Number.isNaN(utc)) return utc;
  const [before, after] = [offsetAt(utc - DAY, zone), offsetAt(utc + DAY, zone)];
  const [first, second] = [utc - before, utc - after];
  return offsetAt(first, zone) !== before && offsetAt(second, zone) === after ? second : first;
}

/** The offset of a time zone at a time, in milliseconds. */
function offsetAt(time: number, zone: string): number {
  const { text } = wallClock(time, zone);
  return Date.parse(`${text.replace(' ', 'T')}Z`) - Math.floor(time / 1000) * 1000;
}
