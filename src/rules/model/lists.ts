import * as v from 'valibot';
import type { Lists } from '../../callbacks/facts/fact.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { type Finding, openReport, readFile } from './finding.ts';
import { List, Name, type RulebookSource } from './rule.ts';

/** The parts of a rulebook that map file names to files. */
const PARTS = ['rules', 'lists', 'conditions', 'guardrails', 'stories'] as const;

/** Returns a rulebook whose parts are objects. A part that is something else is reported and left empty. */
export function readParts(source: RulebookSource, findings: Finding[]): RulebookSource {
  const wrong = PARTS.filter((part) => source[part] !== undefined && !isRecord(source[part]));
  const missing = (['rules', 'lists', 'conditions'] as const).filter(
    (part) => source[part] === undefined,
  );
  for (const part of wrong)
    openReport(part, findings).error([], {
      code: 'bad-value',
      message: `expected an object from file names to files: { "…": { … } }`,
    });
  if (wrong.length + missing.length === 0) return source;
  return { ...source, ...Object.fromEntries([...wrong, ...missing].map((part) => [part, {}])) };
}

/** Reads the named lists. A list with an error is left out; rules that use it are reported. */
export function readLists(sources: Readonly<Record<string, unknown>>, findings: Finding[]): Lists {
  const lists: Record<string, readonly (string | number)[]> = Object.create(null);
  for (const [file, source] of sorted(sources)) {
    const report = openReport(file, findings);
    const list = readFile(report, List, source);
    if (list) checkName(report, file, list.name, sources);
    if (list && !report.broken()) lists[list.name] = list.values;
  }
  return lists;
}

/** Returns the lists that a rule names: one list, or with `*` at the end all lists whose names begin so (`stop-words-*`). */
export const listsCalled = (written: string, names: readonly string[]): readonly string[] =>
  written.endsWith('*')
    ? names.filter((name) => name.startsWith(written.slice(0, -1)))
    : names.filter((name) => name === written);

/** Whether a text can only be meant as the name of a list. */
export const isListName = (text: string, names: readonly string[]): boolean =>
  text.includes('-') && listsCalled(text, names).length > 0;

/** Returns files sorted by name. */
export const sorted = (
  sources: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] =>
  Object.keys(sources)
    .sort()
    .map((file) => [file, sources[file]]);

/** Returns the names of lists that exist but have an error. */
export const brokenLists = (
  sources: Readonly<Record<string, unknown>>,
  lists: Lists,
): ReadonlySet<string> =>
  new Set(
    Object.keys(sources)
      .map(nameOfFile)
      .filter((name) => !Object.hasOwn(lists, name)),
  );

/** Returns the name that a file must contain: `lists/stop-words.json` is "stop-words". */
export const nameOfFile = (file: string): string =>
  file.replace(/^.*\//, '').replace(/\.json$/, '');

/** Reports a file whose name differs from the name inside. `files` are its siblings. */
export function checkName(
  report: ReturnType<typeof openReport>,
  file: string,
  name: string,
  files: Readonly<Record<string, unknown>>,
): void {
  if (file === `${name}.json` || file.endsWith(`/${name}.json`)) return;
  const expected = nameOfFile(file);
  // After copying a rule, renaming the copy to its inner name would overwrite the original.
  const ways = [
    ...(Object.keys(files).some((other) => nameOfFile(other) === name)
      ? []
      : [`rename the file to "${name}.json"`]),
    ...(v.is(Name, expected) ? [`write "name": "${expected}"`] : []),
  ];
  report.error(['name'], {
    code: 'file-name',
    message: `the file is called "${expected}", but its name is "${name}"`,
    hint: ways.join(', or ') || 'give both the same new name, lower-case words joined by "-"',
  });
}
