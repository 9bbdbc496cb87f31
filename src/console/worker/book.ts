import { actions } from '../../actions/index.ts';
import type { Alerts } from '../../alerts/config.ts';
import { type JsonSource, readJsonSource } from '../../authoring/json-source.ts';
import { readableAlerts } from '../../authoring/prove-files.ts';
import { type RuleFiles, sortFiles } from '../../authoring/rule-files.ts';
import { compile } from '../../rules/compile/compile.ts';
import type { Rulebook } from '../../rules/model/compiled.ts';
import type { Finding } from '../../rules/model/finding.ts';
import type { Bodies, Changes, Side, Texts } from './protocol.ts';

/** A rulebook in the worker's memory. */
export interface Book extends RuleFiles {
  readonly texts: Texts;
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
}

export const emptyMemory = (): Memory => ({
  base: {},
  changes: {},
  samples: {},
  now: 0,
  books: new Map(),
  parsed: new Map(),
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

/** Reads and compiles files. `parsed` keeps what was read of a text, so that a keystroke parses one file only. */
export function readBook(texts: Texts, parsed: Memory['parsed'] = new Map()): Book {
  const files = new Map<string, JsonSource>();
  for (const [file, text] of Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const known = parsed.get(file);
    const source = known?.text === text ? known.source : readJsonSource(file, text);
    parsed.set(file, { text, source });
    files.set(file, source);
  }
  const sorted = sortFiles(files);
  const { rulebook, findings } = compile(sorted.source, actions, 'console');
  return {
    ...sorted,
    texts,
    rulebook,
    compileFindings: findings,
    alerts: readableAlerts(sorted.source.alerts),
  };
}

/** The rulebook in force, or the draft. */
export function bookOf(side: Side, memory: Memory): Book {
  if (side === 'draft' && Object.keys(memory.changes).length === 0) return bookOf('base', memory);
  const known = memory.books.get(side);
  if (known) return known;
  const texts = side === 'base' ? memory.base : withChanges(memory.base, memory.changes);
  const book = readBook(texts, memory.parsed);
  memory.books.set(side, book);
  return book;
}
