import { type ParseError, printParseErrorCode } from 'jsonc-parser';
import type { Finding } from '../rules/model/finding.ts';
import { withoutAddresses } from '../rules/model/remedies.ts';
import { innermost, otherNotation, parsed, type Slip } from './other-notation.ts';

/** Returns what a syntax error is in words. It repeats no address. */
export function syntaxSlip(text: string, error: ParseError): Slip {
  const slip = otherNotation(text, error.offset) ?? {
    offset: placeOfError(text, error),
    words: { message: syntaxWords(text, error), ...hintOf(text, error) },
  };
  const { message, hint } = slip.words;
  return {
    offset: slip.offset,
    words: {
      message: withoutAddresses(message),
      ...(hint !== undefined && { hint: withoutAddresses(hint) }),
    },
  };
}

/** By jsonc-parser's names. */
const WORDS: Readonly<Record<string, string>> = {
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a key in double quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a ":" is missing after the key',
  CommaExpected: 'a "," is missing here, before what follows',
  CloseBraceExpected: 'a "}" is missing',
  CloseBracketExpected: 'a "]" is missing',
  EndOfFileExpected: 'the JSON ends before this',
  InvalidCommentToken: 'JSON has no comments: "why" is the place for words',
  UnexpectedEndOfString: 'this text has no closing quote on its line',
  InvalidEscapeCharacter:
    'a single \\ stands in this text: in JSON, each \\ of a text is written \\\\, as in "\\\\d+"',
  InvalidUnicode: '\\u stands in this text without four digits: each \\ of a text is written \\\\',
  InvalidCharacter: 'a tab or another invisible sign stands in this text: write a blank',
};

/** A syntax error in words, with the two that people make most named as what they are. */
function syntaxWords(text: string, { error, offset }: ParseError): string {
  if (text.trim() === '') return 'the file is empty';
  if (isTrailingComma(text, offset)) return 'a trailing comma: JSON allows none before } and ]';
  if (isSecondValue(text, offset)) return 'a second rule begins here';
  const code = printParseErrorCode(error);
  const lacking = code === 'CommaExpected' ? missingCloser(text, offset) : undefined;
  if (lacking) return `a "${lacking}" is missing before this "${text[offset]}"`;
  if (text[offset] === ',' && /,\s*$/.test(text.slice(0, offset)))
    return 'a second comma: remove one of the two';
  if (code === 'InvalidSymbol') return strayWords(text, offset);
  const line = text.slice(offset).split('\n', 1)[0] ?? '';
  if (code === 'UnexpectedEndOfString' && PRINTED.test(line))
    return `${WORDS[code]}: JSON takes the straight " only`;
  return WORDS[code] ?? 'this is not JSON';
}

/** The bracket that is missing where one closes that is not the innermost open one. */
function missingCloser(text: string, offset: number): '}' | ']' | undefined {
  const found = text[offset];
  if (found !== '}' && found !== ']') return undefined;
  const open = innermost(text.slice(0, offset));
  if (open === undefined) return undefined;
  const wanted = text[open] === '{' ? '}' : ']';
  return wanted !== found ? wanted : undefined;
}

const isTrailingComma = (text: string, offset: number): boolean =>
  /[}\]]/.test(text[offset] ?? '') && /,\s*$/.test(text.slice(0, offset));

/** Whether the file goes on with another object behind a complete one. */
const isSecondValue = (text: string, offset: number): boolean =>
  /^,?\s*\{/.test(text.slice(offset)) && parsed(text.slice(0, offset)) !== undefined;

/** Where a syntax error is corrected: a comma stands, or is missing, behind the value before it. */
function placeOfError(text: string, { error, offset }: ParseError): number {
  const before = text.slice(0, offset).trimEnd().length;
  if (isTrailingComma(text, offset)) return before - 1;
  if (printParseErrorCode(error) !== 'CommaExpected') return offset;
  if (missingCloser(text, offset) === undefined) return before;
  // A list on one line is closed on that line.
  const line = text.slice(text.lastIndexOf('\n', before - 1) + 1, before);
  return /\[[^\]]*$/.test(line) ? before : offset;
}

const hintOf = (text: string, { offset }: ParseError): Pick<Finding, 'hint'> =>
  isSecondValue(text, offset)
    ? { hint: 'one rule a file: move it into a file of its own name' }
    : {};

/** Signs of JSON as the keyboards of wide scripts write them. */
const WIDE: Readonly<Record<string, string>> = {
  '：': ':',
  '，': ',',
  '、': ',',
  '｛': '{',
  '｝': '}',
  '［': '[',
  '］': ']',
  '＂': '"',
};

/** Brackets of other languages, and what JSON writes instead. */
const BRACKETS: Readonly<Record<string, string>> = {
  '(': 'lists stand in [ ]',
  ')': 'lists stand in [ ]',
  '<': 'objects stand in { }',
  '>': 'objects stand in { }',
};

/** Quotes as word processors and telephones write them. */
const PRINTED = /[“”„‟«»‘’‚‛]/;

/** Returns a message for a syntax error that an author without knowledge of JSON understands. */
function strayWords(text: string, offset: number): string {
  const [word = ''] = text.slice(offset).match(/^[^\s,:[\]{}"]*/) ?? [];
  const [first = ''] = text.slice(offset);
  if (Object.hasOwn(WIDE, first)) return `${first} is a wide sign: JSON takes ${WIDE[first]} only`;
  if (Object.hasOwn(BRACKETS, first)) return `${first} is no bracket of JSON: ${BRACKETS[first]}`;
  if (PRINTED.test(first)) return `${first} is a printed quote: JSON takes the straight " only`;
  if (/\s|\p{Cf}/u.test(first)) {
    const code = first.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    return `an invisible letter (U+${code}), pasted from elsewhere: write a plain space instead`;
  }
  if (/^(true|false|null)$/i.test(word))
    return `${word}: JSON writes ${word.toLowerCase()}, in small letters`;
  if (first === ';') return 'a ";" stands where JSON has a ","';
  if (first === '#') return WORDS.InvalidCommentToken ?? '';
  if (first === '=') return 'a "=" stands where JSON has a ":"';
  if (/"[^"\n]+"$/.test(text.slice(0, offset)))
    return 'the text ends before this: a quote inside a text is written \\"';
  return `${word || first} is not JSON: texts stand in double quotes, only numbers, true and false without`;
}
