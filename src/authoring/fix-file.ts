import { distance } from 'fastest-levenshtein';
import { findNodeAtLocation, getNodeValue, parseTree } from 'jsonc-parser';
import { actions } from '../actions/index.ts';
import { fold } from '../callbacks/facts/fold.ts';
import { factNames, triggerNames } from '../rules/model/facts.ts';
import type { Finding } from '../rules/model/finding.ts';
import type { FindingCode } from '../rules/model/finding-codes.ts';
import { nameOfFile } from '../rules/model/lists.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import { operatorNames } from '../rules/operators/index.ts';
import { type Path, setValue } from './text-edits.ts';

/** What to write in the place of a value: nothing (`remove`), something else, or leave it to a person (`undefined`). */
type Fix = { readonly write: unknown } | { readonly remove: true } | undefined;
type Fixable = Pick<Finding, 'file' | 'path' | 'code' | 'hint'>;
type Fixer = (value: unknown, finding: Fixable, source: RulebookSource) => Fix;

/** Only what cannot be meant otherwise: a name that is one or two letters off and nothing else, a spelling, a repetition. */
const FIXERS: Partial<Record<FindingCode, Fixer>> = {
  'unknown-fact': (value) => rewritten(value, factNames()),
  'unknown-operator': (value) => rewritten(value, operatorNames()),
  'unknown-trigger': (value) => rewritten(value, triggerNames),
  'unknown-action': (value) =>
    rewritten(
      value,
      actions.map(({ name }) => name),
    ),
  'unknown-condition': (value, _, { conditions }) => rewritten(value, namesOf(conditions)),
  'unknown-list': (value, _, { lists }) => rewritten(value, namesOf(lists)),
  'wrong-case': (_, { hint = '' }) => quoted(hint),
  'bad-value': (value, { hint = '' }) => respelt(value, hint),
  'not-folded': (value) => refolded(value),
  'repeated-value': () => ({ remove: true }),
  'file-name': (_, { file }) => named(nameOfFile(file)),
};

/** A file after a correction, and what was corrected, in words. */
export interface Corrected {
  readonly text: string;
  readonly what: string;
}

/** Corrects one finding in the text of its file, or returns `undefined` where only a person can. */
export function correct(
  text: string,
  finding: Fixable,
  source: RulebookSource,
): Corrected | undefined {
  const { path, code } = finding;
  const fixer = FIXERS[code];
  const tree = fixer && parseTree(text);
  const node = tree && findNodeAtLocation(tree, [...path]);
  const value: unknown = node && getNodeValue(node);
  const fix = node && fixer?.(value, finding, source);
  if (!fix) return undefined;
  const write = 'remove' in fix ? undefined : fix.write;
  const before = JSON.stringify(value);
  return {
    text: rewriteValue(text, path, value, write),
    what: `${code}: ${'remove' in fix ? `${before} removed` : `${before} is now ${JSON.stringify(write)}`}`,
  };
}

/** The text with another value at a path. Of a list only the items that change are written, so that its lines stay as they are. */
function rewriteValue(text: string, path: Path, was: unknown, is: unknown): string {
  if (!Array.isArray(was) || !Array.isArray(is)) return setValue(text, path, is);
  const surplus = was
    .map((_, at) => at)
    .slice(is.length)
    .reverse();
  const cut = surplus.reduce((left, at) => setValue(left, [...path, at], undefined), text);
  return is.reduce<string>(
    (left, item, at) => (item === was[at] ? left : setValue(left, [...path, at], item)),
    cut,
  );
}

const namesOf = (sources: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.keys(sources).map(nameOfFile);

const rewritten = (value: unknown, names: readonly string[]): Fix => {
  const meant = typeof value === 'string' ? onlyName(value, names) : undefined;
  return meant === undefined ? undefined : { write: meant };
};

/** The one name that can be meant: the same but for case, `-` and `_`; else the only one that is at most two letters off. */
function onlyName(name: string, names: readonly string[]): string | undefined {
  if (names.includes(name)) return undefined;
  const plain = (text: string): string => text.toLowerCase().replace(/[-_ ]/g, '');
  const near = (most: number) => names.filter((one) => distance(plain(one), plain(name)) <= most);
  for (const most of name.length < 5 ? [0] : [0, 1, 2]) {
    const [one, ...others] = near(most);
    if (one !== undefined) return others.length === 0 ? one : undefined;
  }
  return undefined;
}

/** The value that a hint suggests. */
const quoted = (hint: string): Fix => {
  const [, text] = /^write "([^"]+)"$/.exec(hint) ?? [];
  return text === undefined ? undefined : { write: text };
};

/** The same value in another case: "Marketing" for "marketing". */
const respelt = (value: unknown, hint: string): Fix => {
  const fix = quoted(hint);
  if (!fix || !('write' in fix) || typeof value !== 'string') return undefined;
  return String(fix.write).toUpperCase() === value.toUpperCase() ? fix : undefined;
};

function refolded(value: unknown): Fix {
  if (typeof value === 'string') return { write: fold(value) };
  if (!Array.isArray(value)) return undefined;
  return {
    write: [...new Set(value.map((text) => (typeof text === 'string' ? fold(text) : text)))],
  };
}

const named = (name: string): Fix =>
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? { write: name } : undefined;
