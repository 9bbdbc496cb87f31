import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { applyEdits, findNodeAtLocation, getNodeValue, modify, parseTree } from 'jsonc-parser';
import { actions } from '../../actions/index.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { analyse } from '../../rules/check/index.ts';
import { compile } from '../../rules/compile/compile.ts';
import { factNames, triggerNames } from '../../rules/model/facts.ts';
import type { Finding } from '../../rules/model/finding.ts';
import type { FindingCode } from '../../rules/model/finding-codes.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import { operatorNames } from '../../rules/operators/index.ts';
import type { Shell } from '../shell.ts';
import { rulesFolder, shown } from './checked-rules.ts';
import { readRulesFolder } from './rules-folder.ts';
import { schemaFiles } from './schema-file.ts';

/** The replacement of a value: removal, another value, or `undefined` if a person must decide. */
type Fix = { readonly write: unknown } | { readonly remove: true } | undefined;
type Fixer = (value: unknown, finding: Finding, source: RulebookSource) => Fix;

/** Fixes with one possible meaning: a name one or two letters off, a spelling, a repetition. */
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
  'unknown-list': (value, _, { lists }) => relisted(value, namesOf(lists)),
  'not-folded': (value) => refolded(value),
  'repeated-value': () => ({ remove: true }),
  'file-name': (_, { file }) => named(basename(file, '.json')),
};

/**
 * Applies all safe fixes and returns one line per fix.
 * @throws AppError `not_found` where there is no such folder
 */
export async function fixRules(
  rules: string | undefined,
  shell: Shell,
): Promise<readonly string[]> {
  const folder = rulesFolder(rules, shell);
  const done: string[] = [];
  for (let round = 0; round < 50; round++) {
    const { source } = await readRulesFolder(folder);
    const { rulebook, findings } = compile(source, actions, 'local');
    const words = await firstFix(
      [...findings, ...(await analyse(source, rulebook))],
      source,
      folder,
    );
    if (words === undefined) break;
    done.push(`${shown(join(folder, words.file), shell)} ${words.what}`);
  }
  const { source } = await readRulesFolder(folder);
  for (const { name, text, state } of await schemaFiles(folder, source)) {
    if (state !== 'stale') continue;
    const file = join(folder, name);
    await writeFile(file, text);
    done.push(`${shown(file, shell)} schema-not-current: written anew`);
  }
  return done;
}

/** Fixes the first fixable finding only, because a fix moves the places of the others. */
async function firstFix(findings: readonly Finding[], source: RulebookSource, folder: string) {
  for (const finding of findings) {
    const { file, path, code } = finding;
    const fixer = FIXERS[code];
    if (!fixer) continue;
    const text = await readFile(join(folder, file), 'utf8');
    const tree = parseTree(text);
    const node = tree && findNodeAtLocation(tree, [...path]);
    const value: unknown = node && getNodeValue(node);
    const fix = node && fixer(value, finding, source);
    if (!fix) continue;
    const write = 'remove' in fix ? undefined : fix.write;
    const formattingOptions = { insertSpaces: true, tabSize: 2 };
    await writeFile(
      join(folder, file),
      applyEdits(text, modify(text, [...path], write, { formattingOptions })),
    );
    const before = JSON.stringify(value);
    return {
      file,
      what: `${code}: ${'remove' in fix ? `${before} removed` : `${before} is now ${JSON.stringify(write)}`}`,
    };
  }
  return undefined;
}

const namesOf = (sources: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.keys(sources).map((file) => basename(file, '.json'));

const rewritten = (value: unknown, names: readonly string[]): Fix => {
  const meant = typeof value === 'string' ? onlyName(value, names) : undefined;
  return meant === undefined ? undefined : { write: meant };
};

/**
 * The one name that can be meant: the same but for case, `-` and `_`; else the only one that is at
 * most two letters off.
 */
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

function relisted(value: unknown, names: readonly string[]): Fix {
  if (!isRecord(value)) return undefined;
  const meant = [value.list]
    .flat()
    .map((name) => (typeof name === 'string' ? (onlyName(name, names) ?? name) : name));
  if (!meant.every((name) => names.includes(String(name)))) return undefined;
  return { write: { list: Array.isArray(value.list) ? meant : meant[0] } };
}

function refolded(value: unknown): Fix {
  if (typeof value === 'string') return { write: fold(value) };
  if (!Array.isArray(value)) return undefined;
  return {
    write: [...new Set(value.map((text) => (typeof text === 'string' ? fold(text) : text)))],
  };
}

const named = (name: string): Fix =>
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? { write: name } : undefined;
