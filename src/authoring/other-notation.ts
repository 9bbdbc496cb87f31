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

/** Signs of a number, a share, a length of time or a rate, and the blank that separates thousands in some languages. */
const NUMBER_SIGNS = /[\w.,+%/'-]/;

function numberSlip(text: string, offset: number): Slip | undefined {
  let start = offset;
  while (start > 0 && NUMBER_SIGNS.test(text[start - 1] ?? '')) start--;
  // What a key or a text ends with is none.
  if (text[start - 1] === '"') return undefined;
  const [written = ''] = /^[\w.,+%/'-]+/.exec(text.slice(start)) ?? [];
  const word = written.replace(/,$/, '');
  if (!/^[+-]?[.,]?\d/.test(word)) return undefined;
  // 1 000: the parser stops at the second part.
  const [whole = '', before = ''] = /([1-9]\d{0,2}(?: \d{3})*) $/.exec(text.slice(0, start)) ?? [];
  if (before !== '' && /^\d{3}$/.test(word))
    return {
      offset: start - whole.length,
      words: {
        message: `${before} ${word} is no number of JSON`,
        hint: `write ${before.replaceAll(' ', '')}${word}`,
      },
    };
  if (isNumber(word)) return undefined;
  const words = (message: string, hint: string): Slip => ({
    offset: start,
    words: { message, hint },
  });
  if (/\d{8}/.test(word))
    return words(`${word} is no number of JSON`, 'write it as a text, in double quotes');
  const inQuotes = meantDuration(word) ?? meantRate(word);
  if (inQuotes !== undefined)
    return words(
      `${word} stands without double quotes`,
      /^[\d.]+\w+$/.test(word)
        ? `write "${inQuotes}", or only the number where one is expected`
        : `write "${inQuotes}"`,
    );
  const share = /^\d+\/\d+$/.test(word) ? meantShare(word) : undefined;
  if (share !== undefined) return words(`${word} is no number of JSON`, `write ${share}`);
  if (word.endsWith('%')) {
    const count = meantNumber(word.slice(0, -1));
    return count === undefined
      ? undefined
      : words(
          `${word} is no number of JSON`,
          `write ${Number((count / 100).toPrecision(12))} where a share is expected, else ${count}`,
        );
  }
  const number = meantNumber(word);
  return number === undefined
    ? words(`${word} is no number of JSON`, `write "${word}" in double quotes if it is a text`)
    : words(`${word} is no number of JSON`, `write ${number}`);
}

function isNumber(word: string): boolean {
  try {
    return typeof JSON.parse(word) === 'number';
  } catch {
    return false;
  }
}

const TEXTS = String.raw`"(?:[^"\\\n]|\\.)*"(?:\s*,\s*"(?:[^"\\\n]|\\.)*")*`;
const BEFORE = new RegExp(String.raw`\{\s*${TEXTS}\s*$`);

/** `{"a", "b"}`: a list. */
function listInBraces(text: string, offset: number): Slip | undefined {
  if (!/[,}]/.test(text[offset] ?? '')) return undefined;
  const found = BEFORE.exec(text.slice(0, offset));
  // At the beginning of a file, or in a list, an object is begun whose key has no value yet.
  if (!found || !/:\s*$/.test(text.slice(0, found.index))) return undefined;
  const whole = new RegExp(String.raw`^\{\s*(${TEXTS})\s*\}`).exec(text.slice(found.index));
  if (!whole) return undefined;
  return {
    offset: found.index,
    words: {
      message: 'values stand in { }, which holds keys with their values',
      hint: `write a list: ${listOf(whole[1] ?? '')}`,
    },
  };
}

const listOf = (texts: string): string => (texts.length < 80 ? `[${texts}]` : '[ … ]');

/** `"value": "a", "b"`: several values where one stands. */
function severalValues(text: string, offset: number): Slip | undefined {
  if (!/[,}]/.test(text[offset] ?? '')) return undefined;
  const found = new RegExp(String.raw`"(\w+)"\s*:\s*(${TEXTS})\s*$`).exec(text.slice(0, offset));
  const [, key = '', texts = ''] = found ?? [];
  if (!found || !texts.includes(',')) return undefined;
  return {
    offset: found.index,
    words: {
      message: `"${key}" has several values, or a key without a value follows it`,
      hint: `write the values as a list: ${listOf(texts)}`,
    },
  };
}

/** `["key": …]`: an object. `[{…}, "key": …`: a list that is not closed. */
function keysInBrackets(text: string, offset: number): Slip | undefined {
  if (text[offset] !== ':') return undefined;
  const before = text.slice(0, offset);
  const found = /\[\s*"(?:[^"\\\n]|\\.)*"\s*$/.exec(before);
  if (found)
    return {
      offset: found.index,
      words: {
        message: 'keys stand in [ ], which holds values only',
        hint: 'write { instead of this [, and } instead of its ]',
      },
    };
  const open = innermost(before);
  const [, key] = /,\s*"((?:[^"\\\n]|\\.)*)"\s*$/.exec(before) ?? [];
  if (open === undefined || before[open] !== '[' || key === undefined) return undefined;
  return {
    offset: open,
    words: {
      message: `this [ is not closed before the key "${key}"`,
      hint: 'write the ] that belongs to it, or remove it',
    },
  };
}

/** The offset of the innermost bracket that is open at the end of a text. */
function innermost(text: string): number | undefined {
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
  const open = innermost(before);
  const isKey = /[{,]\s*"(?:[^"\\\n]|\\.)*"\s*$/.test(before);
  if (sign === undefined || !isKey || open === undefined || text[open] !== '{') return undefined;
  return {
    offset,
    words: { message: `a "${sign}" stands where JSON has a ":"`, hint: 'write ":"' },
  };
}

/** `"""text"""`, `""text""`: several quotes on each side of a text. */
function doubledQuotes(text: string, offset: number): Slip | undefined {
  if (!/[:,[]\s*""$/.test(text.slice(0, offset)) || !/^["\p{L}\d]/u.test(text.slice(offset)))
    return undefined;
  return {
    offset: offset - 2,
    words: {
      message: 'several quotes stand in front of a text',
      hint: 'write one " before the text and one behind it',
    },
  };
}

/** A full stop or another sign behind a text, as at the end of a sentence. */
function signAfterText(text: string, offset: number): Slip | undefined {
  const [sign] = /^[.!?]+(?=\s*[,}\]\n])/.exec(text.slice(offset)) ?? [];
  if (sign === undefined || !/["\]}\w]$/.test(text.slice(0, offset))) return undefined;
  return { offset, words: { message: `a "${sign}" stands here`, hint: 'remove it' } };
}

/** A text without quotes. */
function bareWord(text: string, offset: number): Slip | undefined {
  const [word = ''] = /^[A-Za-z_][\w-]*/.exec(text.slice(offset)) ?? [];
  const isAlone = /^\s*(?:[,}\]]|$)/m.test(text.slice(offset + word.length));
  if (word === '' || !isAlone || /^(true|false|null)$/i.test(word)) return undefined;
  if (!/[:[,]\s*$/.test(text.slice(0, offset))) return undefined;
  return {
    offset,
    words: { message: `${word} stands without double quotes`, hint: `write "${word}"` },
  };
}
