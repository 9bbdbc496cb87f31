import { isAbsolute, join, relative, resolve } from 'node:path';
import { checkFiles } from '../../authoring/check-files.ts';
import type { FileFinding, PlacedFinding } from '../../authoring/json-source.ts';
import { filesOf } from '../../authoring/rule-files.ts';
import type { Rulebook } from '../../rules/compile/compile.ts';
import type { Finding } from '../../rules/model/finding.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import type { ReadStory } from '../../stories/read-stories.ts';
import { allSamples } from '../callbacks/samples.ts';
import type { Shell } from '../shell.ts';
import { readRulesFolder } from './rules-folder.ts';

/** A rules folder, compiled, with all that is wrong in it. */
export interface CheckedRules {
  readonly source: RulebookSource;
  /** The files of the rulebook as they are written, by name. Schemas and pages are not among them. */
  readonly texts: Readonly<Record<string, string>>;
  /** The stories that are well. */
  readonly stories: readonly ReadStory[];
  /** The rules that are well. */
  readonly rulebook: Rulebook;
  /** By file and place. `file` is as the user would name it: `rules/stop.json`. */
  readonly findings: readonly PlacedFinding[];
  readonly broken: boolean;
  /** The folder itself. */
  readonly folder: string;
  /** Where a value is written: `rules/stop.json:12`. `file` is relative to the folder. */
  readonly placeOf: (file: string, path: Finding['path']) => string;
  /** The findings together with others, by file and place. */
  readonly together: (others: readonly Finding[]) => readonly PlacedFinding[];
}

/**
 * Reads and checks a rules folder: what `check` reports, `bundle` refuses, and every other command
 * decides by.
 * @throws AppError `not_found`
 */
export async function checkRules(rules: string | undefined, shell: Shell): Promise<CheckedRules> {
  const folder = rulesFolder(rules, shell);
  const read = await readRulesFolder(folder);
  const checked = await checkFiles(read, await allSamples(shell), shell.now());
  const named = ({
    path: _,
    causedBy: _file,
    lacks: _names,
    ...own
  }: FileFinding): PlacedFinding => ({
    ...own,
    file: shown(join(folder, own.file), shell),
    ...(own.consequences && { consequences: own.consequences.map(named) }),
  });
  const together = (others: readonly Finding[]): readonly PlacedFinding[] =>
    checked.together(others).map(named);
  const findings = together([]);
  const known = filesOf(read.source);
  return {
    source: read.source,
    texts: Object.fromEntries(
      [...read.files].flatMap(([name, { text }]) =>
        Object.hasOwn(known, name) ? [[name, text] as const] : [],
      ),
    ),
    stories: checked.stories,
    rulebook: checked.rulebook,
    findings,
    broken: findings.some(({ severity }) => severity === 'error'),
    folder,
    placeOf: (file, path) => {
      const at = read.files.get(file)?.placeOf({ path, code: 'bad-value' });
      return `${shown(join(folder, file), shell)}${at ? `:${at.line}` : ''}`;
    },
    together,
  };
}

/** The folder that `--rules` names, else the project's. */
export const rulesFolder = (
  rules: string | undefined,
  { home, here }: Pick<Shell, 'home' | 'here'>,
): string => (rules === undefined ? join(home, 'rules') : resolve(here, rules));

/** A file as the user would name it: from where he stands, unless that is a detour. */
export function shown(file: string, { here }: Pick<Shell, 'here'>): string {
  const path = relative(here, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}

/**
 * A finding as a line: `rules/stop.json:12:9 error unknown-fact no fact is called "keywrd": did you
 * mean "keyword"?`.
 */
export const findingLine = ({
  file,
  line,
  column,
  severity,
  code,
  message,
  hint,
}: PlacedFinding): string =>
  `${file}:${line}:${column} ${severity} ${code} ${message}${hint ? `: ${hint}` : ''}`;

/** How many consequences of a finding are printed. `--json` has all of them. */
const SHOWN = 3;

/** A finding as lines: itself, then what follows from it. */
export function findingLines(finding: PlacedFinding): readonly string[] {
  const { consequences = [] } = finding;
  const more = consequences.length - SHOWN;
  return [
    findingLine(finding),
    ...consequences
      .slice(0, SHOWN)
      .map(
        ({ file, line, column, code, message }) =>
          `  so ${file}:${line}:${column} ${code} ${message}`,
      ),
    ...(more > 0 ? [`  and ${more} more that follow from it: --json lists them`] : []),
  ];
}

/** "1 rule", "2 rules"; `plural` where it is not formed by an s. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
