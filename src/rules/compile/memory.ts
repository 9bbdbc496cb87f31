import type { CompiledRule } from '../model/compiled.ts';
import { type Finding, openReport, type Report } from '../model/finding.ts';
import type { RulebookSource } from '../model/rule.ts';

/** A rule as it was compiled, or only what is wrong with it. */
interface ReadRule {
  readonly rule: CompiledRule | undefined;
  readonly findings: readonly Finding[];
  readonly broken: boolean;
}

/**
 * What a compilation leaves for the next one of almost the same files: an editor compiles at each keystroke, and one rule
 * has changed. Files are the same if their values are the same objects. `Parts` are the lists and shared conditions as
 * they were read.
 */
export interface CompileMemory<Parts> {
  source: RulebookSource | undefined;
  parts: Parts | undefined;
  readonly rules: Map<string, ReadRule & { readonly written: unknown }>;
}

export const emptyCompileMemory = <Parts>(): CompileMemory<Parts> => ({
  source: undefined,
  parts: undefined,
  rules: new Map(),
});

/** Returns the lists and shared conditions: those of the memory, or read anew where one of them changed. */
export function partsOf<Parts>(
  source: RulebookSource,
  memory: CompileMemory<Parts> | undefined,
  read: () => Parts,
): Parts {
  if (!memory) return read();
  const { source: before, parts } = memory;
  const isSame =
    before !== undefined &&
    hasSameValues(before.lists, source.lists) &&
    hasSameValues(before.conditions, source.conditions);
  memory.source = source;
  if (isSame && parts !== undefined) return parts;
  memory.rules.clear();
  memory.parts = read();
  return memory.parts;
}

/** Returns the rule of a file: that of the memory, or compiled anew where the file changed. */
export function ruleFrom(
  file: string,
  written: unknown,
  memory: CompileMemory<unknown> | undefined,
  read: (report: Report) => CompiledRule | undefined,
): ReadRule {
  const known = memory?.rules.get(file);
  if (known && known.written === written) return known;
  const findings: Finding[] = [];
  const report = openReport(file, findings);
  const rule = read(report);
  const found = { written, rule, findings, broken: report.broken() };
  // The remedy for a wrong name depends on the other files that exist.
  if (!findings.some(({ code }) => code === 'file-name')) memory?.rules.set(file, found);
  return found;
}

type Files = Readonly<Record<string, unknown>>;

const hasSameValues = (some: Files, others: Files): boolean =>
  Object.keys(some).length === Object.keys(others).length &&
  Object.keys(some).every((name) => Object.hasOwn(others, name) && some[name] === others[name]);
