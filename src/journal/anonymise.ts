import { isRecord, parseJsonText } from '../callbacks/shapes/parts.ts';

/** The largest fixture that is stored, in characters. */
const MAX_FIXTURE = 12_000;

/** Fields whose values Sinch defines. */
const SINCH_FIELD =
  /(^|_)(type|status|kind|mode|channel|channels|code|direction|state|field|object|event|action|rating|language|priority|format)$/;

/** Fields that contain a person's words or name, whatever the value looks like. */
const PERSONAL_FIELD =
  /(text|title|caption|postback|description|name|email|metadata|message|user|reference|payload|emoji|url)/;

/** Fields whose text may contain JSON. */
const JSON_WITHIN: readonly string[] = ['payload', 'metadata'];

/** Returns whether a field contains the customer's own data, whatever the names in it. */
const isFree = (key: string): boolean => /metadata/.test(key);

const EXAMPLE = 'example';

/** Returns whether a text is a term such as `RATE_LIMITED`, `mp3`, `WhatsApp`. Five digits in a row may be an id. */
const isWord = (text: string): boolean =>
  /^[A-Za-z][\w.:/-]{0,60}$/.test(text) && !/\d{5}/.test(text);

/**
 * Returns a callback as a fixture for tests: JSON with its structure, types and times. Ids, addresses,
 * names, texts and numbers that may name a person are replaced by invented ones.
 */
export function fixtureOf(body: unknown): string {
  const text = JSON.stringify(replaced(body, ''), null, 2);
  return text.length <= MAX_FIXTURE
    ? text
    : JSON.stringify({ too_large: `${text.length} characters` });
}

function replaced(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => replaced(item, key));
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        plainKey(name),
        replaced(inner, isFree(key) ? key : name),
      ]),
    );
  }
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 100_000 ? value : 0.5;
  return typeof value === 'string' ? replacedText(value, key) : value;
}

/** Replaces a key that is itself an address or an id. */
const plainKey = (name: string): string =>
  /^\w{1,60}$/.test(name) && !/\d{5}/.test(name) ? name : 'key';

function replacedText(text: string, key: string): string {
  if (text === '') return '';
  const inner = JSON_WITHIN.includes(key) ? parseJsonText(text) : undefined;
  if (inner !== undefined) return JSON.stringify(replaced(inner, key === 'payload' ? '' : key));
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text)) return text;
  if (/^https?:/.test(text)) return 'https://example.com/file';
  if (/^\S+@\S+$/.test(text)) return 'person@example.com';
  if (/^\+?[\d\s()-]{6,}$/.test(text)) return '46700000001';
  if (SINCH_FIELD.test(key) && isWord(text)) return text;
  if (/(^|_)ids?$/.test(key) || key === 'identity') return '01EXAMPLE00000000000000000';
  if (!PERSONAL_FIELD.test(key) && /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text) && isWord(text))
    return text;
  return EXAMPLE;
}
