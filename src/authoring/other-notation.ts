import type { Finding } from '../rules/model/finding.ts';
import { meantDuration, meantNumber, meantRate, meantShare } from '../rules/model/meant-values.ts';

/** What is wrong with the syntax, and what to write instead. */
export type SlipWords = Pick<Finding, 'message' | 'hint'>;

/** A syntax error as an author understands it, at the offset where it is corrected. */
export interface Slip {
  readonly offset: number;
  readonly words: SlipWords;
}

/**
 * Returns what is written in a notation that JSON does not have but people do: `1,000`, `.5`, `90s`, a list in
 * braces, a full stop after a text, a text without quotes. Undefined where the error is something else.
 * @param offset where the parser stopped
 */
export const otherNotation = (text: string, offset: number): Slip | undefined =>
  numberSlip(text, offset) ??
  listInBraces(text, offset) ??
  severalValues(text, offset) ??
  keysInBrackets(text, offset) ??
  colonSlip(text, offset) ??
  doubledQuotes(text, offset) ??
  signAfterText(text, offset) ??
  bareWord(text, offset);

/** A slip at an offset. */
const slipAt = (offset: number, message: string, hint: string): Slip => ({
  offset,
  words: { message, hint },
});

/** Signs of a number, a share, a length of time or a rate. */
const NUMBER_SIGN = /[\w.,+%/'-]/;
const NUMBER_SIGNS = new RegExp(`^${NUMBER_SIGN.source}+`);

function numberSlip(text: string, offset: number): Slip | undefined {
  let start = offset;
  while (start > 0 && NUMBER_SIGN.test(text[start - 1] ?? '')) start--;
  // What a key or a text ends with is none.
  if (text[start - 1] === '"') return undefined;
  const [written = ''] = NUMBER_SIGNS.exec(text.slice(start)) ?? [];
  const word = written.replace(/,$/, '');
  if (!/^[+-]?[.,]?\d/.test(word)) return undefined;
  // 1 000: the parser stops at the second part.
  const [whole = '', before = ''] = /([1-9]\d{0,2}(?: \d{3})*) $/.exec(text.slice(0, start)) ?? [];
  if (before !== '' && /^\d{3}$/.test(word))
    return slipAt(
      start - whole.length,
      `${before} ${word} is no number of JSON`,
      `write ${before.replaceAll(' ', '')}${word}`,
    );
  if (typeof parsed(word) === 'number') return undefined;
  const inQuotes = /\d{8}/.test(word) ? undefined : (meantDuration(word) ?? meantRate(word));
  if (inQuotes === undefined)
    return slipAt(start, `${word} is no number of JSON`, numberHint(word));
  return slipAt(
    start,
    `${word} stands without double quotes`,
    /^[\d.]+\w+$/.test(word)
      ? `write "${inQuotes}", or only the number where one is expected`
      : `write "${inQuotes}"`,
  );
}

/** What to write instead of a number in another notation. */
function numberHint(word: string): string {
  // It may be one of a person: it is not repeated.
  if (/\d{8}/.test(word)) return 'write it as a text, in double quotes';
  const share = /^\d+\/\d+$/.test(word) ? meantShare(word) : undefined;
  if (share !== undefined) return `write ${share}`;
  const number = meantNumber(word.replace(/%$/, ''));
  if (number === undefined) return `write "${word}" in double quotes if it is a text`;
  return word.endsWith('%')
    ? `write ${Number((number / 100).toPrecision(12))} where a share is expected, else ${number}`
    : `write ${number}`;
}

/** The value of a text that is JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const TEXT = String.raw`"(?:[^"\\\n]|\\.)*"`;
const TEXTS = String.raw`${TEXT}(?:\s*,\s*${TEXT})*`;
const OPEN_BRACES = new RegExp(String.raw`\{\s*${TEXTS}\s*$`);
const BRACES = new RegExp(String.raw`^\{\s*(${TEXTS})\s*\}`);
const VALUES = new RegExp(String.raw`"(\w+)"\s*:\s*(${TEXTS})\s*$`);
const KEY_IN_LIST = new RegExp(String.raw`\[\s*${TEXT}\s*$`);
const KEY_BEHIND = new RegExp(String.raw`,\s*(${TEXT})\s*$`);
const KEY = new RegExp(String.raw`[{,]\s*${TEXT}\s*$`);

/** `{"a", "b"}`: a list. */
function listInBraces(text: string, offset: number): Slip | undefined {
  if (!/[,}]/.test(text[offset] ?? '')) return undefined;
  const found = OPEN_BRACES.exec(text.slice(0, offset));
  // At the beginning of a file, or in a list, an object is begun whose key has no value yet.
  if (!found || !/:\s*$/.test(text.slice(0, found.index))) return undefined;
  const [, texts] = BRACES.exec(text.slice(found.index)) ?? [];
  return texts === undefined
    ? undefined
    : slipAt(
        found.index,
        'values stand in { }, which holds keys with their values',
        `write a list: ${listOf(texts)}`,
      );
}

const listOf = (texts: string): string => (texts.length < 80 ? `[${texts}]` : '[ … ]');

/** `"value": "a", "b"`: several values where one stands. */
function severalValues(text: string, offset: number): Slip | undefined {
  if (!/[,}]/.test(text[offset] ?? '')) return undefined;
  const found = VALUES.exec(text.slice(0, offset));
  const [, key = '', texts = ''] = found ?? [];
  return found && texts.includes(',')
    ? slipAt(
        found.index,
        `"${key}" has several values, or a key without a value follows it`,
        `write the values as a list: ${listOf(texts)}`,
      )
    : undefined;
}

/** `["key": …]`: an object. `[{…}, "key": …`: a list that is not closed. */
function keysInBrackets(text: string, offset: number): Slip | undefined {
  if (text[offset] !== ':') return undefined;
  const before = text.slice(0, offset);
  const found = KEY_IN_LIST.exec(before);
  if (found)
    return slipAt(
      found.index,
      'keys stand in [ ], which holds values only',
      'write { instead of this [, and } instead of its ]',
    );
  const open = innermost(before);
  const [, key] = KEY_BEHIND.exec(before) ?? [];
  return open !== undefined && before[open] === '[' && key !== undefined
    ? slipAt(
        open,
        `this [ is not closed before the key ${key}`,
        'write the ] that belongs to it, or remove it',
      )
    : undefined;
}

/** The offset of the innermost bracket that is open at the end of a text. */
export function innermost(text: string): number | undefined {
  const open: number[] = [];
  for (const { 0: sign, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (sign === '{' || sign === '[') open.push(index);
    else if (sign === '}' || sign === ']') open.pop();
  }
  return open.at(-1);
}

/** `"key"; value`, `"key" = value`: another sign where a colon stands. */
function colonSlip(text: string, offset: number): Slip | undefined {
  const [sign] = /^(?:[;=]|->|=>)/.exec(text.slice(offset)) ?? [];
  const before = text.slice(0, offset);
  if (sign === undefined || !KEY.test(before) || before[innermost(before) ?? -1] !== '{')
    return undefined;
  return slipAt(offset, `a "${sign}" stands where JSON has a ":"`, 'write ":"');
}

/** `"""text"""`, `""text""`: several quotes on each side of a text. */
const doubledQuotes = (text: string, offset: number): Slip | undefined =>
  /[:,[]\s*""$/.test(text.slice(0, offset)) && /^["\p{L}\d]/u.test(text.slice(offset))
    ? slipAt(
        offset - 2,
        'several quotes stand in front of a text',
        'write one " before the text and one behind it',
      )
    : undefined;

/** A full stop or another sign behind a text, as at the end of a sentence. */
function signAfterText(text: string, offset: number): Slip | undefined {
  const [sign] = /^[.!?]+(?=\s*[,}\]\n])/.exec(text.slice(offset)) ?? [];
  return sign !== undefined && /["\]}\w]$/.test(text.slice(0, offset))
    ? slipAt(offset, `a "${sign}" stands here`, 'remove it')
    : undefined;
}

/** A text without quotes. */
function bareWord(text: string, offset: number): Slip | undefined {
  const [word = ''] = /^[A-Za-z_][\w-]*/.exec(text.slice(offset)) ?? [];
  const isAlone = /^\s*(?:[,}\]]|$)/m.test(text.slice(offset + word.length));
  if (word === '' || !isAlone || /^(true|false|null)$/i.test(word)) return undefined;
  return /[:[,]\s*$/.test(text.slice(0, offset))
    ? slipAt(offset, `${word} stands without double quotes`, `write "${word}"`)
    : undefined;
}
