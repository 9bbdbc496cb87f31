import { parseJsonText } from '../callbacks/json.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';

/** The most of a fixture that is kept, in characters. */
const MOST = 12_000;

/** Fields whose values are Sinch's words, not a person's. */
const SPEAKS_OF_KIND =
  /(^|_)(type|status|kind|mode|channel|channels|code|direction|state|field|object|event|action|rating|language|priority|format)$/;

/** Fields that hold a person's words or name, whatever they look like. */
const SPEAKS_OF_PERSON =
  /(text|title|caption|postback|description|name|email|metadata|message|user|reference|payload|emoji|url)/;

/** Fields whose text may hold JSON. */
const JSON_WITHIN: readonly string[] = ['payload', 'metadata'];

/** Within these everything is the customer's own, whatever its name. */
const isFree = (key: string): boolean => /metadata/.test(key);

const EXAMPLE = 'example';

/** Words that Sinch writes: `RATE_LIMITED`, `mp3`, `WhatsApp`. Digits alone name something. */
const isWord = (text: string): boolean =>
  /^[A-Za-z][\w.:/-]{0,60}$/.test(text) && !/\d{5}/.test(text);

/**
 * A callback as a fixture, ready to be kept with the tests: its shape, its kinds and times are as they came; ids, addresses,
 * names, texts and numbers that may name a person are replaced by invented ones.
 */
export function fixtureOf(body: unknown): string {
  const text = JSON.stringify(replaced(body, ''), null, 2);
  return text.length <= MOST ? text : JSON.stringify({ too_large: `${text.length} characters` });
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

/** A key that is itself an address or an id. */
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
  if (SPEAKS_OF_KIND.test(key) && isWord(text)) return text;
  if (/(^|_)ids?$/.test(key) || key === 'identity') return '01EXAMPLE00000000000000000';
  if (!SPEAKS_OF_PERSON.test(key) && /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text) && isWord(text))
    return text;
  return EXAMPLE;
}
