import { actions } from '../../actions/index.ts';
import type { Alerts } from '../../alerts/config.ts';
import { type JsonSource, readJsonSource } from '../../authoring/json-source.ts';
import { readableAlerts } from '../../authoring/prove-files.ts';
import { type RuleFiles, sortFiles } from '../../authoring/rule-files.ts';
import { compile, type SharedParts } from '../../rules/compile/compile.ts';
import { type CompileMemory, emptyCompileMemory } from '../../rules/compile/memory.ts';
import type { Rulebook } from '../../rules/model/compiled.ts';
import type { Finding } from '../../rules/model/finding.ts';
import type { Bodies, Changes, Side, Texts } from './protocol.ts';

/** Files that were read, with their texts. */
export interface FilesRead extends RuleFiles {
  readonly texts: Texts;
}

/** A rulebook in the worker's memory. */
export interface Book extends FilesRead {
  readonly rulebook: Rulebook;
  readonly compileFindings: readonly Finding[];
  readonly alerts: Alerts | undefined;
}

/** What the worker holds between questions. */
export interface Memory {
  base: Texts;
  changes: Changes;
  samples: Bodies;
  now: number;
  readonly books: Map<Side, Book>;
  readonly parsed: Map<string, { readonly text: string; readonly source: JsonSource }>;
  readonly compiled: CompileMemory<SharedParts>;
}

export const emptyMemory = (): Memory => ({
  base: {},
  changes: {},
  samples: {},
  now: 0,
  books: new Map(),
  parsed: new Map(),
  compiled: emptyCompileMemory(),
});

/** Files with changes applied. */
export function withChanges(base: Texts, changes: Changes): Texts {
  const texts: Record<string, string> = { ...base };
  for (const [file, text] of Object.entries(changes)) {
    if (text === null) delete texts[file];
    else texts[file] = text;
  }
  return texts;
}

/** Reads files without compiling them: enough for completions and forms. */
export function readFiles(texts: Texts, parsed: Memory['parsed'] = new Map()): FilesRead {
  const files = new Map<string, JsonSource>();
  for (const [file, text] of Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const known = parsed.get(file);
    const source = known?.text === text ? known.source : readJsonSource(file, text);
    parsed.set(file, { text, source });
    files.set(file, source);
  }
  return { ...sortFiles(files), texts };
}

/** Reads and compiles files. With a memory, a keystroke parses and compiles one file only. */
export function readBook(
  texts: Texts,
  memory?: Partial<Pick<Memory, 'parsed' | 'compiled'>>,
): Book {
  const sorted = readFiles(texts, memory?.parsed);
  const { rulebook, findings } = compile(sorted.source, actions, 'console', memory?.compiled);
  return {
    ...sorted,
    rulebook,
    compileFindings: findings,
    alerts: readableAlerts(sorted.source.alerts),
  };
}

/** From so many rules on, a keystroke does not compile all of them. */
const LARGE = 500;

/**
 * The draft as far as one file needs it. Of a large rulebook that is the file and what rules share, so that its findings
 * are there at once; what other rules have to do with it is found by the check of the whole.
 */
export function bookFor(file: string, side: Side, memory: Memory): Book {
  const texts = side === 'base' ? memory.base : withChanges(memory.base, memory.changes);
  const rules = Object.keys(texts).filter((name) => !name.includes('/'));
  if (rules.length < LARGE || memory.books.has(side)) return bookOf(side, memory);
  const near = Object.entries(texts).filter(
    ([name]) => name === file || name.includes('/') || name === 'alerts.json',
  );
  const book = readBook(Object.fromEntries(near), { parsed: memory.parsed });
  // Rules that are left out here are no unknown ones.
  const compileFindings = book.compileFindings.filter(({ code }) => code !== 'unknown-rule');
  return { ...book, compileFindings };
}

/** The files of the draft, read and not compiled. */
export const draftFiles = (memory: Memory): FilesRead =>
  readFiles(withChanges(memory.base, memory.changes), memory.parsed);

/** The rulebook in force, or the draft. */
export function bookOf(side: Side, memory: Memory): Book {
  if (side === 'draft' && Object.keys(memory.changes).length === 0) return bookOf('base', memory);
  const known = memory.books.get(side);
  if (known) return known;
  const texts = side === 'base' ? memory.base : withChanges(memory.base, memory.changes);
  const book = readBook(texts, memory);
  memory.books.set(side, book);
  return book;
}
