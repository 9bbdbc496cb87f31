import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { Finding } from '../rules/model/finding.ts';
import type { FindingCode } from '../rules/model/finding-codes.ts';

/** A place in a text, counted from 1 as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * A JSON file as it is written, so that what is wrong with a value can be shown where it stands.
 */
export interface JsonSource {
  /** As it is written, without a byte order mark. */
  readonly text: string;
  /** `undefined` where the text is not JSON, give or take a trailing comma or a comment. */
  readonly value: unknown;
  readonly findings: readonly PlacedFinding[];
  /** Where a finding stands; of a key that is missing, where it should be. */
  readonly placeOf: (finding: Pick<Finding, 'path' | 'code'>) => Place;
}

/** A finding with its place in the file. */
export type PlacedFinding = Omit<Finding, 'path' | 'consequences'> &
  Place & {
    /** What follows from it, with places. */
    readonly consequences?: readonly PlacedFinding[];
  };

/** A finding with its place and, unless the text is not JSON, its path. */
export type FileFinding = Omit<PlacedFinding, 'consequences'> &
  Partial<Pick<Finding, 'path'>> & { readonly consequences?: readonly FileFinding[] };

/** Reads JSON strictly: comments, trailing commas and a key written twice are errors. `file` names the file in findings. */
export function readJsonSource(file: string, text: string): JsonSource {
  try {
    return readText(file, text);
  } catch (error) {
    // The parser calls itself for every level.
    if (!(error instanceof RangeError)) throw error;
    const place = { line: 1, column: 1 };
    const message = 'the JSON is nested thousands of levels deep';
    return {
      text,
      value: undefined,
      findings: [{ file, severity: 'error', code: 'too-deep', message, ...place }],
      placeOf: () => place,
    };
  }
}

/**
 * Reads the bytes of a file. In another encoding than UTF-8 its `ö` would be another letter, and a
 * word of a list never found.
 */
export function readJsonBytes(file: string, bytes: Uint8Array): JsonSource {
  const text = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes);
  if (isUtf8(bytes) && !text.includes('\0')) return readJsonSource(file, text);
  const place = placeAt(text, Math.max(0, text.search(/[\0\uFFFD]/)));
  const message = 'this is not UTF-8: letters like é would be read as others';
  const hint = 'save the file again, with the encoding UTF-8';
  return {
    text,
    value: undefined,
    findings: [{ file, severity: 'error', code: 'not-json', message, hint, ...place }],
    placeOf: () => place,
  };
}

function readText(file: string, text: string): JsonSource {
  const json = text.replace(/^\uFEFF/, '');
  const errors: ParseError[] = [];
  const tree = parseTree(json, errors, { disallowComments: true, allowTrailingComma: false });
  const found = (offset: number, code: FindingCode, message: string): PlacedFinding => ({
    file,
    severity: 'error',
    code,
    message,
    ...placeAt(json, offset),
  });
  const [error] = errors;
  // A comma too many or a comment is an error, but no reason to keep quiet about the rest of the
  // file.
  const slips: ParseError[] = [];
  if (error) parseTree(json, slips, { disallowComments: false, allowTrailingComma: true });
  const findings = error
    ? [
        {
          ...found(placeOfError(json, error), 'not-json', syntaxWords(json, error)),
          ...hintOf(json, error),
        },
      ]
    : duplicates(tree).map((key) =>
        found(key.offset, 'duplicate-key', `the key "${key.value}" stands here twice`),
      );
  return {
    text: json,
    value: tree && slips.length === 0 ? getNodeValue(tree) : undefined,
    findings,
    placeOf: ({ path, code }) => placeAt(json, offsetOf(tree, path, code)),
  };
}

function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/**
 * An unknown key is shown at the key, anything else at the value, what is not there at its nearest
 * parent.
 */
function offsetOf(tree: Node | undefined, path: Finding['path'], code: string): number {
  for (let length = path.length; tree && length >= 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (!node) continue;
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    return code === 'unknown-key' && length === path.length ? (key ?? node).offset : node.offset;
  }
  return 0;
}

function duplicates(node: Node | undefined): readonly Node[] {
  if (!node?.children) return [];
  const seen = new Set<unknown>();
  const keys =
    node.type === 'object' ? node.children.flatMap(({ children }) => children?.[0] ?? []) : [];
  const twice = keys.filter((key) => seen.size === seen.add(key.value).size);
  return [...twice, ...node.children.flatMap(duplicates)];
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
  const open: string[] = [];
  for (const [sign] of text.slice(0, offset).matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (sign === '{' || sign === '[') open.push(sign);
    else if (sign === '}' || sign === ']') open.pop();
  }
  const wanted = open.at(-1) === '{' ? '}' : ']';
  return open.length > 0 && wanted !== found ? wanted : undefined;
}

const isTrailingComma = (text: string, offset: number): boolean =>
  /[}\]]/.test(text[offset] ?? '') && /,\s*$/.test(text.slice(0, offset));

/** Whether the file goes on with another object behind a complete one. */
const isSecondValue = (text: string, offset: number): boolean =>
  /^,?\s*\{/.test(text.slice(offset)) && isWhole(text.slice(0, offset));

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Where a syntax error is corrected: a comma stands, or is missing, behind the value before it. */
function placeOfError(text: string, { error, offset }: ParseError): number {
  const before = text.slice(0, offset).trimEnd().length;
  if (isTrailingComma(text, offset)) return before - 1;
  const isComma = printParseErrorCode(error) === 'CommaExpected';
  return isComma && missingCloser(text, offset) === undefined ? before : offset;
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

/** Whether the bytes are UTF-8. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
