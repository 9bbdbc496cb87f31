import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { FindingCode } from '../rules/codes.ts';
import type { Finding } from '../rules/finding.ts';

/** A place in a text, counted from 1 as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A JSON file as it is written, so that what is wrong with a value can be shown where it stands. */
export interface JsonSource {
  /** `undefined` where the text is not JSON, give or take a trailing comma or a comment. */
  readonly value: unknown;
  readonly findings: readonly PlacedFinding[];
  /** Where a finding stands; of a key that is missing, where it should be. */
  readonly placeOf: (finding: Pick<Finding, 'path' | 'code'>) => Place;
}

/** A finding with its place in the file. */
export type PlacedFinding = Omit<Finding, 'path'> & Place;

/** Reads JSON strictly: comments, trailing commas and a key written twice are errors. `file` names the file in findings. */
export function readJsonSource(file: string, text: string): JsonSource {
  try {
    return readText(file, text);
  } catch (error) {
    // The parser calls itself for every level.
    if (!(error instanceof RangeError)) throw error;
    const place = { line: 1, column: 1 };
    const message = 'thousands of levels lie inside each other: nobody can read that';
    return {
      value: undefined,
      findings: [{ file, severity: 'error', code: 'too-deep', message, ...place }],
      placeOf: () => place,
    };
  }
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
  // A comma too many or a comment is an error, but no reason to keep quiet about the rest of the file.
  const slips: ParseError[] = [];
  if (error) parseTree(json, slips, { disallowComments: false, allowTrailingComma: true });
  const findings = error
    ? [found(error.offset, 'not-json', syntaxWords(json, error))]
    : duplicates(tree).map((key) => found(key.offset, 'duplicate-key', `the key "${key.value}" stands here twice`));
  return {
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

/** An unknown key is shown at the key, anything else at the value, what is not there at its nearest parent. */
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
  const keys = node.type === 'object' ? node.children.flatMap(({ children }) => children?.[0] ?? []) : [];
  const twice = keys.filter((key) => seen.size === seen.add(key.value).size);
  return [...twice, ...node.children.flatMap(duplicates)];
}

/** By jsonc-parser's names. */
const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this word is not JSON: texts stand in double quotes',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'a key in double quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a ":" is missing after the key',
  CommaExpected: 'a "," is missing before this',
  CloseBraceExpected: 'a "}" is missing',
  CloseBracketExpected: 'a "]" is missing',
  EndOfFileExpected: 'the JSON ends before this',
  InvalidCommentToken: 'JSON has no comments: "why" is the place for words',
  UnexpectedEndOfString: 'this text has no closing quote on its line',
};

/** A syntax error in words, with the two that people make most named as what they are. */
function syntaxWords(text: string, { error, offset }: ParseError): string {
  if (text.trim() === '') return 'the file is empty';
  const closes = text[offset] === '}' || text[offset] === ']';
  if (closes && /,\s*$/.test(text.slice(0, offset))) return 'a trailing comma before this: JSON allows none';
  return WORDS[printParseErrorCode(error)] ?? 'this is not JSON';
}
