import * as v from 'valibot';
import type { Lists } from '../callbacks/fact.ts';
import { type Finding, openReport, reportIssues } from './finding.ts';
import { List } from './rule.ts';

/** Reads the named lists. A list with an error is left out, and the rules that use it will say so. */
export function readLists(sources: Readonly<Record<string, unknown>>, findings: Finding[]): Lists {
  const lists: Record<string, readonly (string | number)[]> = Object.create(null);
  for (const [file, source] of sorted(sources)) {
    const report = openReport(file, findings);
    const read = v.safeParse(List, source);
    if (!read.success) {
      reportIssues(report, read.issues, [], Object.keys(List.entries));
      continue;
    }
    checkName(report, file, read.output.name);
    if (!report.broken()) lists[read.output.name] = read.output.values;
  }
  return lists;
}

/** Files in the order of their names, whatever order they came in. */
export const sorted = (sources: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] =>
  Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1));

/** The file's name is the name of what it holds. */
export function checkName(report: ReturnType<typeof openReport>, file: string, name: string): void {
  const expected = file.replace(/^.*\//, '').replace(/\.json$/, '');
  if (expected === name) return;
  report.error(['name'], {
    code: 'file-name',
    message: `the file is called "${expected}", but its name is "${name}"`,
    hint: `rename the file to "${name}.json", or write "name": "${expected}"`,
  });
}
