import type { Lists } from '../callbacks/fact.ts';
import { type Finding, openReport, readFile } from './finding.ts';
import { List } from './rule.ts';

/** Reads the named lists. A list with an error is left out, and the rules that use it will say so. */
export function readLists(sources: Readonly<Record<string, unknown>>, findings: Finding[]): Lists {
  const lists: Record<string, readonly (string | number)[]> = Object.create(null);
  for (const [file, source] of sorted(sources)) {
    const report = openReport(file, findings);
    const list = readFile(report, List, source);
    if (list) checkName(report, file, list.name);
    if (list && !report.broken()) lists[list.name] = list.values;
  }
  return lists;
}

/** Files in the order of their names, whatever order they came in. */
export const sorted = (sources: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] =>
  Object.keys(sources)
    .sort()
    .map((file) => [file, sources[file]]);

/** The file's name is the name of what it holds. */
export function checkName(report: ReturnType<typeof openReport>, file: string, name: string): void {
  if (file === `${name}.json` || file.endsWith(`/${name}.json`)) return;
  const expected = file.replace(/^.*\//, '').replace(/\.json$/, '');
  report.error(['name'], {
    code: 'file-name',
    message: `the file is called "${expected}", but its name is "${name}"`,
    hint: `rename the file to "${name}.json", or write "name": "${expected}"`,
  });
}
