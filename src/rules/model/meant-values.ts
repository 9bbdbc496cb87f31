import { wordOf } from './names/word-of.ts';

const UNITS: Readonly<Record<string, string>> = {
  s: 's',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
};
const RATE_UNITS: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour' };
const NUMBERS: Readonly<Record<string, string>> = {
  a: '1',
  an: '1',
  one: '1',
  two: '2',
  three: '3',
  five: '5',
  seven: '7',
  ten: '10',
};
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Returns a text, number or boolean as a text; an object cannot always be written as one. */
const textOf = (written: unknown): string => (typeof written === 'object' ? '' : String(written));

/** Returns the zone of a city, in whatever case and with blanks. */
export function meantZone(written: unknown): string | undefined {
  const city = textOf(written)
    .trim()
    .replace(/[\s-]+/g, '_')
    .toLowerCase();
  if (city === '') return undefined;
  return Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase().endsWith(`/${city}`));
}

/** Returns the duration that a text means: "7 days", "a week" and "P7D" are "7d". */
export function meantDuration(written: unknown): string | undefined {
  const text = textOf(written)
    .trim()
    .toLowerCase()
    .replace(/^(every|each|for|after|within|in)\s+/, '');
  const iso = /^p(?:(\d{1,5})d)?(?:t(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?)?$/.exec(text);
  if (iso) {
    const parts = iso.slice(1).flatMap((count, at) => (count ? [`${count}${'dhms'[at]}`] : []));
    return parts.length === 1 ? parts[0] : undefined;
  }
  if (typeof written === 'number') return inUnits(written);
  const mixed = /^(\d{1,3})\s*h(?:ours?)?\s*(?:and)?\s*(\d{1,3})\s*m(?:in(?:utes)?)?$/.exec(text);
  if (mixed) return `${Number(mixed[1]) * 60 + Number(mixed[2])}m`;
  const [, count = '', unit = ''] = /^(\d{1,5}|[a-z]+)[\s-]*([a-z]+)\.?$/.exec(text) ?? [];
  const number = /^\d+$/.test(count) ? count.replace(/^0+/, '') : wordOf(NUMBERS, count);
  if (!number) return undefined;
  if (/^(w|weeks?)$/.test(unit)) return `${Number(number) * 7}d`;
  const letter = wordOf(UNITS, unit);
  return letter && `${number}${letter}`;
}

/** A number without a unit is one of seconds, as in most settings of other programs. */
function inUnits(seconds: number): string | undefined {
  // A small number may be one of anything.
  if (!Number.isInteger(seconds) || seconds < 60) return undefined;
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** Returns the rate that a text means: "10/min", "10 per minute" and "10 a minute" are "10/minute". */
export function meantRate(written: unknown): string | undefined {
  if (written === 0) return '0';
  const text = textOf(written).trim().toLowerCase();
  const [, count = '', unit = ''] =
    /^(\d{1,9})\s*(?:\/|per|an?|each|every|p)\s*([a-z]+)$/.exec(text) ?? [];
  if (typeof written === 'number' && written > 0) return `${written}/minute`;
  const perDay = Math.floor(Number(count) / 24);
  if (wordOf(UNITS, unit) === 'd' && perDay > 0) return `${perDay}/hour`;
  const name = RATE_UNITS[wordOf(UNITS, unit) ?? ''];
  if (name !== undefined) return `${count}/${name}`;
  return /^(none|nothing|off|zero)$/.test(text) ? '0' : undefined;
}

/** Returns the time of day that a text means: "9am", "9:00" and "9.00" are "09:00". */
export function meantTimeOfDay(written: unknown): string | undefined {
  const text = textOf(written).trim().toLowerCase();
  const found = /^(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(am|pm|a\.m\.|p\.m\.|h)?$/.exec(text);
  if (!found) return undefined;
  const [, hour = '', minute = '00', half = ''] = found;
  const noon = half.startsWith('p') ? 12 : 0;
  const hours = half.startsWith('a') || noon ? (Number(hour) % 12) + noon : Number(hour);
  if (hours === 24 && minute === '00') return '00:00';
  if (hours > 23 || Number(minute) > 59) return undefined;
  return `${String(hours).padStart(2, '0')}:${minute}`;
}

/** Returns the moment that a text means: "2027-01-31" is its first second, UTC. */
export function meantTime(written: unknown): string | undefined {
  const text = textOf(written)
    .trim()
    // 31.01.2027: the day comes first where dots stand.
    .replace(/^(\d{1,2})\.(\d{1,2})\.(\d{4})/, '$3-$2-$1');
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?Z?$/i.exec(text) ??
    [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const two = (part: string): string => part.padStart(2, '0');
  const moment = `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}Z`;
  return Number.isNaN(Date.parse(moment)) ? undefined : moment;
}

/** Returns the day that a text means: "Monday" is "mon". */
export const meantDay = (written: unknown): string | undefined => {
  // ISO 8601 counts from Monday.
  if (typeof written === 'number') return DAYS[written - 1];
  const text = textOf(written).trim().toLowerCase();
  return /^[a-z]+\.?$/.test(text) && DAYS.includes(text.slice(0, 3)) ? text.slice(0, 3) : undefined;
};

/** Returns the days that a text means: "mon-fri", "weekdays" and "sat, sun" are lists. */
export function meantDays(written: unknown): readonly string[] | undefined {
  const text = textOf(written).trim().toLowerCase();
  if (/^(weekdays?|working days?|workdays?|business days?)$/.test(text)) return DAYS.slice(0, 5);
  if (/^weekends?$/.test(text)) return DAYS.slice(5);
  const [, first, last] = /^([a-z]+)\s*(?:-|–|to|until)\s*([a-z]+)$/.exec(text) ?? [];
  const days =
    first === undefined ? text.split(/[\s,;/&]+|and/).filter((day) => day !== '') : [first, last];
  const meant = days.map(meantDay);
  if (meant.length === 0 || meant.includes(undefined)) return undefined;
  const found = meant.filter((day) => day !== undefined);
  if (first === undefined) return found;
  const [from = 0, to = 0] = found.map((day) => DAYS.indexOf(day));
  return from <= to ? DAYS.slice(from, to + 1) : [...DAYS.slice(from), ...DAYS.slice(0, to + 1)];
}

/** Returns the share that is meant: "5%", "5" and 5 are 0.05. */
export function meantShare(written: unknown): number | undefined {
  const [, count = ''] = /^([\d.]{1,8})\s*%?$/.exec(textOf(written).trim().replace(',', '.')) ?? [];
  const part = Number(count);
  if (count === '' || !(part > 0)) return undefined;
  if (part < 1) return part;
  return part < 100 ? part / 100 : undefined;
}

/** Returns the number that a text means: "1,000" and "1_000" are 1000, "0,05" and ".05" are 0.05. */
export function meantNumber(written: string): number | undefined {
  const text = written.trim();
  const whole = /^[+-]?[1-9]\d{0,2}(?:[,_'\s]\d{3})+$/.test(text)
    ? text.replace(/[,_'\s]/g, '')
    : text.replace(/^([+-]?\d*),(\d+)$/, '$1.$2').replace(/_/g, '');
  const number = whole === '' ? Number.NaN : Number(whole);
  return Number.isFinite(number) ? number : undefined;
}

/** Returns the number or the boolean that stands in quotes or in words. */
export function meantScalar(written: unknown, wanted: string): number | boolean | undefined {
  if (typeof written === 'string' && wanted === 'number') return meantNumber(written);
  if (wanted !== 'boolean') return undefined;
  const text = textOf(written).trim().toLowerCase();
  if (/^(true|yes|on|1|y|ja)$/.test(text)) return true;
  return /^(false|no|off|0|n|nein)$/.test(text) ? false : undefined;
}
