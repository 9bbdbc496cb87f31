import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
} from 'jsonc-parser';
import type { Finding } from '../rules/model/finding.ts';
import type { FindingCode } from '../rules/model/finding-codes.ts';
import type { SlipWords } from './other-notation.ts';
import { syntaxSlip } from './syntax-slip.ts';

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
  const found = (offset: number, code: FindingCode, words: SlipWords): PlacedFinding => ({
    file,
    severity: 'error',
    code,
    ...words,
    ...placeAt(json, offset),
  });
  const [error] = errors;
  // A comma too many or a comment is an error, but no reason to keep quiet about the rest of the
  // file.
  const slips: ParseError[] = [];
  if (error) parseTree(json, slips, { disallowComments: false, allowTrailingComma: true });
  const slip = error && syntaxSlip(json, error);
  const findings = slip
    ? [found(slip.offset, 'not-json', slip.words)]
    : duplicates(tree).map(({ offset, value }) =>
        found(offset, 'duplicate-key', { message: `the key "${value}" stands here twice` }),
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

/** Whether the bytes are UTF-8. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
