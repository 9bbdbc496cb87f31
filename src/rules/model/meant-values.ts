import { wordOf } from './names/word-of.ts';
import { milliseconds } from './values.ts';

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
  w: 'w',
  week: 'w',
  weeks: 'w',
  // Units of other languages, where the letters cannot mean another one.
  ...{ sekunde: 's', sekunden: 's', sekunder: 's', secondes: 's', segundos: 's' },
  ...{ minuten: 'm', minuter: 'm', minutter: 'm', minutos: 'm' },
  ...{ stunde: 'h', stunden: 'h', timmar: 'h', timer: 'h', heures: 'h', horas: 'h' },
  ...{ tag: 'd', tage: 'd', dagar: 'd', dage: 'd', jours: 'd', dias: 'd' },
};
const RATE_UNITS: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour' };
const NUMBERS: Readonly<Record<string, string>> = {
  a: '1',
  an: '1',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
  ten: '10',
  twelve: '12',
  fifteen: '15',
  twenty: '20',
  thirty: '30',
  sixty: '60',
  hundred: '100',
};
/** A length of time in a word. */
const SPANS: Readonly<Record<string, string>> = {
  ...{ hourly: '1h', daily: '1d', nightly: '1d', weekly: '7d', monthly: '30d', 'a month': '30d' },
  ...{ 'one month': '30d', '1 month': '30d', 'half an hour': '30m', 'half a day': '12h' },
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

/** Returns the duration that a text means: "7 days", "a week", "1.5h", "00:05:00" and "P7D" are durations. */
export function meantDuration(written: unknown): string | undefined {
  // A number without a unit is one of seconds, as in most settings of other programs; a small one may be one of anything.
  if (typeof written === 'number') return written < 60 ? undefined : spanOf(written);
  const text = textOf(written)
    .trim()
    .toLowerCase()
    .replace(/^(every|each|for|after|within|in)\s+/, '')
    .replace(/^[-+~]\s*(?=\d)/, '')
    .replace(/^(\d+),(?=\d+\s*[a-z])/, '$1.');
  const span = wordOf(SPANS, text);
  if (span !== undefined) return span;
  const iso = /^p(?:(\d{1,5})d)?(?:t(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?)?$/.exec(text);
  if (iso) {
    const parts = iso.slice(1).flatMap((count, at) => (count ? [`${count}${'dhms'[at]}`] : []));
    return parts.length === 1 ? parts[0] : undefined;
  }
  const clock = /^(\d{1,2}):([0-5]\d):([0-5]\d)$/.exec(text);
  if (clock) {
    const [hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map(Number);
    return spanOf(hours * 3_600 + minutes * 60 + seconds);
  }
  const mixed = /^(\d{1,3})\s*h(?:ours?)?\s*(?:and)?\s*(\d{1,3})\s*m(?:in(?:utes)?)?$/.exec(text);
  if (mixed) return `${Number(mixed[1]) * 60 + Number(mixed[2])}m`;
  const [, count = '', unit = ''] =
    /^(\d{1,5}(?:\.\d{1,2})?|[a-z]+)[\s-]*([a-zí]+)\.?$/.exec(text) ?? [];
  const number = Number(/^\d/.test(count) ? count : wordOf(NUMBERS, count));
  const letter = wordOf(UNITS, unit.replace('í', 'i'));
  if (!(number > 0) || letter === undefined) return undefined;
  if (letter !== 'w' && Number.isInteger(number)) return `${number}${letter}`;
  return spanOf(number * secondsOf(letter));
}

/** The seconds of a unit of `UNITS`. */
const secondsOf = (letter: string): number =>
  letter === 'w' ? 7 * secondsOf('d') : milliseconds(`1${letter}`) / 1_000;

/** A length of time in its largest unit without a remainder. */
function spanOf(seconds: number): string | undefined {
  if (!Number.isInteger(seconds) || seconds < 1) return undefined;
  const unit = ['d', 'h', 'm'].find((letter) => seconds % secondsOf(letter) === 0) ?? 's';
  return `${seconds / secondsOf(unit)}${unit}`;
}

/** Returns the rate that a text means: "10/min", "10 per minute" and "10 a minute" are "10/minute". */
export function meantRate(written: unknown): string | undefined {
  if (written === 0) return '0';
  const text = textOf(written)
    .trim()
    .toLowerCase()
    .replace(/(?<=\d)[,_'](?=\d{3})/g, '');
  const [, number = '', several = '1', name = ''] = RATE.exec(text) ?? [];
  if (typeof written === 'number' && written > 0) return `${written}/minute`;
  const unit = wordOf(UNITS, name) ?? '';
  const [count, units] = [Number(number), Number(several)];
  const perDay = Math.floor(count / 24 / units);
  if (unit === 'd' && perDay > 0) return `${perDay}/hour`;
  if (Object.hasOwn(RATE_UNITS, unit)) return rateOf(count / units, unit);
  return /^(none|nothing|off|zero)$/.test(text) ? '0' : undefined;
}

/** "10/min", "10 messages per 5 minutes". */
const RATE =
  /^(\d{1,9})\s*(?:messages?|msgs?|sends?|texts?|sms|callbacks?)?\s*(?:\/|per|an?|each|every|p)\s*(\d{1,4})?\s*([a-z]+)$/;

/** A rate in whole numbers: of a longer unit where there is a remainder. */
function rateOf(count: number, unit: string): string | undefined {
  const units = ['s', 'm', 'h'];
  for (const [at, longer] of units.slice(units.indexOf(unit)).entries())
    if (Number.isInteger(count * 60 ** at) && count > 0)
      return `${count * 60 ** at}/${RATE_UNITS[longer]}`;
  return undefined;
}

/** Returns the time of day that a text means: "9am", "9:00", "9 o'clock" and "9.00" are "09:00". */
export function meantTimeOfDay(written: unknown): string | undefined {
  const text = textOf(written)
    .trim()
    .toLowerCase()
    .replace(/\s*(?:o['’]?clock|uhr|hrs?|hours)$/, '');
  if (/^(noon|midday)$/.test(text)) return '12:00';
  if (text === 'midnight') return '00:00';
  const found = /^(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(am|pm|a\.m\.|p\.m\.|h)?$/.exec(text);
  if (!found) return undefined;
  const [, hour = '', minute = '00', half = ''] = found;
  const noon = half.startsWith('p') ? 12 : 0;
  const hours = half.startsWith('a') || noon ? (Number(hour) % 12) + noon : Number(hour);
  if (hours === 24 && minute === '00') return '00:00';
  if (hours > 23 || Number(minute) > 59) return undefined;
  return `${String(hours).padStart(2, '0')}:${minute}`;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

/** Returns the moment that a text means: "2027-01-31" is its first second, UTC. */
export function meantTime(written: unknown): string | undefined {
  const text = textOf(written)
    .trim()
    // 31.01.2027: the day comes first where dots stand.
    .replace(/^(\d{1,2})\.(\d{1,2})\.(\d{4})/, '$3-$2-$1')
    .replace(
      /^(\d{1,2})(?:st|nd|rd|th|\.)?\s+([a-z]{3,9})\.?,?\s+(\d{4})/i,
      (_, day, month, year) => `${year}-${monthOf(month)}-${day}`,
    )
    .replace(
      /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})/i,
      (_, month, day, year) => `${year}-${monthOf(month)}-${day}`,
    );
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

/** Returns the share that is meant: "5%", "5 percent", "1/20", "5" and 5 are 0.05. */
export function meantShare(written: unknown): number | undefined {
  const text = textOf(written).trim().toLowerCase().replace(',', '.');
  const [, above, below] = /^(\d{1,4})\s*\/\s*(\d{1,4})$/.exec(text) ?? [];
  if (above !== undefined && Number(above) < Number(below))
    return Number((Number(above) / Number(below)).toPrecision(4));
  const [, count = ''] = /^([\d.]{1,8})\s*(?:%|per ?cent|pct)?$/.exec(text) ?? [];
  const part = Number(count);
  if (count === '' || !(part > 0)) return undefined;
  if (part < 1) return part;
  return part < 100 ? part / 100 : undefined;
}

/** Returns the number that a text means: "1,000" and "1_000" are 1000, "0,05" and ".05" are 0.05. */
export function meantNumber(written: string): number | undefined {
  // "two", and "20 callbacks"
  const text = written
    .trim()
    .replace(/^(\d[\d,_']*)\s+([a-z]{3,})$/i, (whole, count, unit) =>
      wordOf(UNITS, unit.toLowerCase()) || /^per ?cent|^pct/i.test(unit) ? whole : count,
    )
    .replace(/^[a-z]+$/i, (word) => wordOf(NUMBERS, word.toLowerCase()) ?? word);
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
