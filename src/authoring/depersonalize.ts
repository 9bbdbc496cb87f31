import { isRecord } from '../callbacks/shapes/parts.ts';
import { escapePattern } from '../rules/model/format.ts';

/** A callback without the names and addresses of people. */
export interface Depersonalized {
  readonly callback: Record<string, unknown>;
  /** Where something was replaced, as paths: `message.channel_identity.identity`. */
  readonly replaced: readonly string[];
}

/** Keys whose texts are names, anywhere in a callback of Sinch or in what a channel put into it. */
const NAMES = new Set([
  ...['display_name', 'first_name', 'last_name', 'middle_name', 'full_name', 'formatted_name'],
  ...['nickname', 'user_name', 'username', 'user', 'displayName', 'external_id', 'externalId'],
]);
const EMAILS = new Set(['email', 'email_address']);
/** Keys whose texts are addresses of the person, not of the sender. */
const ADDRESSES = new Set([
  ...['identity', 'recipient', 'msisdn', 'phone_number', 'phone', 'wa_id', 'user_id', 'from'],
  ...['formatted_number', 'recipient_id'],
]);
const IDS = /^(deleted_|source_|destination_)?(contact|conversation)_?id$/i;
const PICTURES = /(^|_)(picture|photo|avatar)(_url)?$/i;
const LINKS = new Set(['recording_url', 'url', 'thumbnail_url']);
/** A key `name` is a person's only below these. */
const PEOPLE = /^(profile|contact|contacts|sender|author|from|customer|org)$/i;

const EMAIL = /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/gu;
/** A number as people write it, with a plus or a leading zero and at least nine digits. */
const PHONE = /(?<![\w.])(?:\+|00?)\d(?:[ ()./-]*\d){8,14}(?![\w])/g;

const NAME = 'Alex Example';
const MAIL = 'alex@example.com';
const MEDIA = 'https://media.example.com/';

/**
 * Returns a callback without names, addresses, e-mail addresses and ids of people, so that it can be kept in a rule
 * file. Numbers keep their country code and length; the same value is replaced by the same stand-in everywhere, in
 * texts too. What a person wrote stays: the author reads it before it is published.
 */
export function depersonalize(body: Readonly<Record<string, unknown>>): Depersonalized {
  const standIns = new Map<string, string>();
  collect(body, '', standIns);
  const replaced: string[] = [];
  const found = [...standIns].sort(([a], [b]) => b.length - a.length);
  const written = new Set(found.map(([, to]) => digitsOf(to)));
  const callback = each(body, [], '', (text, key, path) => {
    const clean = standInFor(text, key, path.at(-2) ?? '') ?? cleanText(text, key, found, written);
    if (clean !== text) replaced.push(path.join('.'));
    return clean;
  });
  // Only an object goes in, and `each` keeps the shape.
  return { callback: isRecord(callback) ? callback : {}, replaced };
}

/** Notes what stands for each name and address of the callback. */
function collect(value: unknown, parent: string, standIns: Map<string, string>): void {
  each(value, [], parent, (text, key, path) => {
    const standIn = standInFor(text, key, path.at(-2) ?? parent);
    // Shorter ones would be found in words that are no names.
    if (standIn !== undefined && text.length > 3) standIns.set(text, standIn);
    return text;
  });
}

function standInFor(text: string, key: string, parent: string): string | undefined {
  if (text === '') return undefined;
  if (NAMES.has(key) || (key === 'name' && PEOPLE.test(parent))) return NAME;
  if (EMAILS.has(key)) return MAIL;
  if (PICTURES.test(key)) return MEDIA;
  if (ADDRESSES.has(key)) return addressLike(text);
  return IDS.test(key) ? idLike(text) : undefined;
}

/**
 * Returns an address of the same form. A number keeps its first digits and its length, other addresses keep their
 * prefix.
 */
function addressLike(text: string): string {
  if (text.includes('@')) return MAIL;
  if (/^\+?\d{7,15}$/.test(text)) {
    const kept = text.startsWith('+') ? 4 : 3;
    const rest = text.length - kept;
    return text.slice(0, kept) + '5550100'.padStart(rest, '0').slice(-rest);
  }
  const [prefix = ''] = text.match(/^[A-Z]{1,2}[.:]?(?=[\da-f]{8})/i) ?? [];
  return prefix + text.slice(prefix.length).replace(/\d/g, '1').replace(/[a-z]/g, 'a');
}

/** Ids of Sinch have 26 signs: what replaces one still is one. */
const idLike = (text: string): string =>
  text.length === 26 ? '01EXAMPLE00000000000000000' : text.replace(/[\da-z]/gi, '0');

/** A link to an example file of the same type. */
function linkFor(text: string): string {
  if (!/^https?:/.test(text)) return text;
  const [ending = ''] = text.replace(/[?#].*$/, '').match(/\.\w{2,4}$/) ?? [];
  return `${MEDIA}file${ending}`;
}

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** A text without the names and addresses that are known, and without others that look like one. */
function cleanText(
  text: string,
  key: string,
  standIns: readonly (readonly [string, string])[],
  written: ReadonlySet<string>,
): string {
  const known = standIns.reduce((all, [from, to]) => replaceWord(all, from, to), text);
  if (LINKS.has(key)) return linkFor(known);
  return known
    .replace(EMAIL, MAIL)
    .replace(PHONE, (number) =>
      written.has(digitsOf(number)) ? number : lastSevenAsZeros(number),
    );
}

const lastSevenAsZeros = (number: string): string =>
  number.replace(/\d(?=(?:\D*\d){0,6}\D*$)/g, '0');

/** Replaces a text where it stands as a word of its own. */
function replaceWord(text: string, from: string, to: string): string {
  if (!text.includes(from)) return text;
  const pattern = escapePattern(from);
  return text.replace(new RegExp(`(?<![\\p{L}\\d])${pattern}(?![\\p{L}\\d])`, 'gu'), () => to);
}

type Change = (text: string, key: string, path: readonly string[]) => string;

/** Changes each text in a value. A text that holds JSON, as channels nest it, is changed inside. */
function each(value: unknown, path: readonly string[], key: string, change: Change): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => each(item, [...path, String(index)], key, change));
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        each(item, [...path, name], name, change),
      ]),
    );
  if (typeof value !== 'string') return value;
  const inner = /^\s*[[{]/.test(value) ? parsed(value) : undefined;
  if (inner === undefined) return change(value, key, path);
  const changed = each(inner, path, key, change);
  return JSON.stringify(changed) === JSON.stringify(inner) ? value : JSON.stringify(changed);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
