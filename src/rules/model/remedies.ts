import type * as v from 'valibot';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { closest, nearestName } from './closest.ts';
import { formatList } from './format.ts';
import {
  meantDay,
  meantDays,
  meantDuration,
  meantRate,
  meantScalar,
  meantShare,
  meantTime,
  meantTimeOfDay,
  meantZone,
} from './meant-values.ts';
import { knownValues } from './schema-keys.ts';
import { lastDayOf, NO_SUCH_DAY } from './values.ts';

/** A duration where "never" or "0s" may stand. */
const meantNever = (value: unknown): string | undefined =>
  value === 0
    ? '0s'
    : typeof value === 'boolean' || /^(no|none|off|false)$/i.test(String(value))
      ? 'never'
      : meantDuration(value);

/** The name of a secret that a rule file may refer to. */
function meantSecret(value: unknown): string | undefined {
  const text = typeof value === 'string' && withoutAddresses(value) === value ? value : '';
  const name = text.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return name === '' || name === '_' ? undefined : `DEST_${name.replace(/^_*(DEST_)?_*/, '')}`;
}

/** The field by which alerts are grouped. */
const meantGroup = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? nearestName(value, ['rule', 'owner', 'app_id', 'channel', 'about', 'label.<name>'])
    : undefined;

/** How messages of schemas begin, and what a value that they refuse probably means. */
const MEANT: readonly (readonly [message: RegExp, meant: (value: unknown) => unknown])[] = [
  [/"never"$|, or "0s"$/, meantNever],
  [/^expected a duration/, meantDuration],
  [/^expected a rate/, meantRate],
  [/^expected a time of day/, meantTimeOfDay],
  [/^expected a time like/, meantTime],
  [/^expected a list of days/, meantDays],
  [/^only secrets named DEST_/, meantSecret],
  [/"label\.<name>"$/, meantGroup],
  [/^expected (less than 1|more than 0)/, meantShare],
];
/** "5%", where a number is expected. */
const PERCENT = /^\s*[\d.,]+\s*(?:%|per ?cent|pct)\s*$|^\s*\d+\s*\/\s*\d+\s*$/i;

/** Returns what to write instead of a refused value, or `undefined` where only its author knows. */
export function remedyOf(issue: v.BaseIssue<unknown>): string | undefined {
  const { message, input } = issue;
  if (issue.type === 'iso_timestamp') return timeHint(input);
  if (message === NO_SUCH_DAY) return lastDayHint(input);
  if (message.startsWith('expected a time zone')) return zoneHint(input);
  if (issue.type === 'integer' && typeof input === 'number')
    return `write a whole number, like ${Math.max(1, Math.floor(input))} or ${Math.max(1, Math.floor(input)) + 1}`;
  if (issue.type === 'min_value' && typeof input === 'number')
    return `write ${(issue.expected ?? '').replace('>=', '')} or more`;
  if (issue.type === 'max_value' && typeof input === 'number')
    return `write ${(issue.expected ?? '').replace('<=', '')} or less`;
  if (message.startsWith('expected a duration') && meantDuration(input) === undefined)
    return durationHint(input);
  if (/^expected (a list of days|"mon")/.test(message) && EVERY_DAY.test(String(input)))
    return 'leave "days" out: then every day counts';
  if (message.startsWith('expected "mon"')) {
    const days = meantDay(input) ?? meantDays(input);
    return (
      days &&
      `write ${[days]
        .flat()
        .map((day) => `"${day}"`)
        .join(', ')}`
    );
  }
  if (issue.expected === 'string' && isRecord(input) && Object.hasOwn(input, 'from'))
    return 'give these hours a name under "schedules", and write the name here';
  if (issue.expected === 'Array' && isRecord(input)) return listAround(input);
  if (issue.expected === 'string' && isRecord(input)) {
    const text = onlyText(input);
    return text === undefined ? undefined : `write ${JSON.stringify(text)}`;
  }
  const isPercent = issue.expected === 'number' && typeof input === 'string' && PERCENT.test(input);
  const found = MEANT.find(([pattern]) => pattern.test(message));
  const meant = isPercent ? meantShare(input) : found ? found[1](input) : meantValue(issue);
  if (meant !== undefined) return `write ${JSON.stringify(meant)}`;
  if (found && message.startsWith('expected a time of day'))
    return 'write hours and minutes, from "00:00" to "23:59"';
  return found ? severalHint(issue, found[1]) : undefined;
}

/** What to write instead of several values where one belongs: one of them, or each as an item of its own. */
function severalHint(
  { input, path }: v.BaseIssue<unknown>,
  meantOf: (value: unknown) => unknown,
): string | undefined {
  if (Array.isArray(input)) {
    const first = meantOf(input[0]);
    return first === undefined ? undefined : `write one value: ${JSON.stringify(first)}`;
  }
  const parts = typeof input === 'string' ? input.split(/\s*[,;]\s*|\s+and\s+/) : [];
  const meant = parts.map(meantOf);
  if (parts.length < 2 || meant.includes(undefined) || typeof path?.at(-1)?.key !== 'number')
    return undefined;
  return `write ${meant.map((one) => JSON.stringify(one)).join(', ')}`;
}

/** The one text that an object holds: {"fact": "app_id"}. */
export function onlyText(written: Readonly<Record<string, unknown>>): string | undefined {
  const [only, ...more] = Object.values(written);
  return typeof only === 'string' && more.length === 0 && !Object.hasOwn(written, 'secret')
    ? only
    : undefined;
}

/** What to write instead of an object where a list belongs. */
function listAround(written: Readonly<Record<string, unknown>>): string {
  if (Object.hasOwn(written, 'list')) return 'write the values themselves: ["…", "…"]';
  const text = onlyText(written);
  if (text !== undefined) return `write ${JSON.stringify([text])}`;
  const keys = Object.keys(written);
  return keys.length > 0 && Object.values(written).every((value) => typeof value === 'boolean')
    ? `write ${JSON.stringify(keys)}`
    : 'put [ ] around it: a list, even of one';
}

const EVERY_DAY = /^\s*(all|any|every ?day|daily|always|\*|all days|mon-sun|7 days)\s*$/i;

/** The hint for a time that is none: of what is written of it, the rest is to add. */
function timeHint(written: unknown): string {
  const time = meantTime(written);
  if (time !== undefined) return `write "${time}"`;
  const clock = meantTimeOfDay(written);
  return clock === undefined
    ? 'write year, month, day and time of day: "2026-12-31T09:00:00Z"'
    : `write the day, too: "2026-12-31T${clock}:00Z"`;
}

/** The hint for 30 February: the last day of that month. */
function lastDayHint(written: unknown): string | undefined {
  const last = lastDayOf(String(written));
  return last === undefined
    ? undefined
    : `the last one is ${last}: write "${String(written).replace(/^(\d{4}-\d\d)-\d\d/, `$1-${last}`)}"`;
}

/** Returns the same for items of one list: what to write instead of each. */
export function remedyOfAll(issues: readonly v.BaseIssue<unknown>[]): string | undefined {
  const [first, ...more] = issues.map(remedyOf);
  if (more.length === 0 || more.some((one) => !one?.startsWith('write "'))) return first;
  return [first, ...more.map((one) => one?.replace(/^write /, ''))].join(', ');
}

/** The zone of a city; an abbreviation or a distance from UTC does not tell whether it has summer time. */
const zoneHint = (written: unknown): string => {
  const zone = meantZone(written);
  if (zone !== undefined) return `write "${zone}"`;
  return (
    closest(typeof written === 'string' ? written : '', Intl.supportedValuesOf('timeZone')) ??
    'write the zone of a city, like "Europe/Stockholm" or "America/New_York": it has summer time, too'
  );
};

/** The hint for a duration without a unit, or for none at all. */
function durationHint(written: unknown): string | undefined {
  if (typeof written !== 'string' && typeof written !== 'number') return undefined;
  const text = String(written).trim();
  if (/^0+(\.0*)? ?[a-z]*$/i.test(text)) return 'the shortest is "1s"';
  return /^[1-9]\d*$/.test(text)
    ? `write it with its unit: "${text}s", "${text}m" or "${text}h"`
    : undefined;
}

/** The values of a picklist or of literals, as valibot lists them: `("all" | "marketing")`. */
export const optionsOf = ({ expected }: v.BaseIssue<unknown>): readonly string[] =>
  [...(expected ?? '').matchAll(/"([^"]*)"/g)].map(([, option = '']) => option);

/** Between the items of a text that lists some. "and" stands between single words. */
const ENUMERATION = /\s*[,;\n]\s*(?:(?:and|or)\s+)?|(?<=^[\w-]+)\s+(?:and|or)\s+(?=[\w-]+$)/;

function meantValue(issue: v.BaseIssue<unknown>): unknown {
  const { input, expected } = issue;
  const options = optionsOf(issue);
  const [only] = Array.isArray(input) && input.length === 1 ? input : [input];
  if (options.length > 0 && typeof only === 'string') return nearestName(only, options);
  if (expected === 'Array' && typeof input === 'string' && input.length < 80)
    return input.split(ENUMERATION).filter((part) => part !== '');
  if (expected === 'string' && Array.isArray(input) && input.length === 1) return input[0];
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean'))
    return String(input);
  return meantScalar(input, expected ?? '');
}

/**
 * What to write instead of a text where an object belongs: the text under the key that identifies the object.
 * @param entries the keys of the object
 */
export function objectHint(
  { expected, input }: v.BaseIssue<unknown>,
  entries: Readonly<Record<string, v.GenericSchema>>,
): string | undefined {
  if (expected !== 'Object' || typeof input !== 'string' || isAddress(input)) return undefined;
  const keys = Object.keys(entries);
  if (['from', 'to', 'timeZone'].every((key) => keys.includes(key))) return hoursHint(input);
  const shown = (key: string): string => `{"${key}": ${JSON.stringify(input)}}`;
  const holder = keys.find((key) => knownValues(entries[key]).includes(input));
  if (holder !== undefined) return `write ${shown(holder)}`;
  const named = ['action', 'rule', 'owner'].filter((key) => keys.includes(key)).map(shown);
  return named.length === 0 ? undefined : `write ${formatList(named)}`;
}

/** Office hours, from a text like "9-17" where it is one. */
export function hoursHint(value: unknown): string {
  const [from, to] = String(value)
    .split(/\s*(?:-|–|to|until)\s*/)
    .map(meantTimeOfDay);
  return `write {"from": "${from ?? '09:00'}", "to": "${to ?? '17:00'}", "timeZone": "Europe/Stockholm"}`;
}

/** An address that must not appear in a report: a URL, a mail address, a telephone number. */
const ADDRESSES: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(?:https?|wss?|ftp):\/\/[^\s"'`<>)]+/gi, '(an address)'],
  [/[\w.%+-]+@[\w-]+(?:\.[\w-]+)+/g, '(an address)'],
  [/\+\d[\d ().-]{5,}\d/g, '(a number)'],
];

/** Returns a message without the addresses and numbers that a rule file may contain by mistake. */
export const withoutAddresses = (message: string): string =>
  ADDRESSES.reduce((text, [pattern, instead]) => text.replace(pattern, instead), message);

/** Whether a text is an address of a person or of a service. */
export const isAddress = (value: unknown): value is string =>
  typeof value === 'string' && withoutAddresses(value) !== value;
