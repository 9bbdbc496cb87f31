import { isAbsolute, join, relative, resolve } from 'node:path';
import { actions } from '../../actions/index.ts';
import { alertFindings } from '../../alerts/findings.ts';
import { expiryFindings } from '../../rules/check/expiry.ts';
import { nameFindings } from '../../rules/check/names.ts';
import { compile, type Rulebook } from '../../rules/compile/compile.ts';
import { costFindings } from '../../rules/compile/cost.ts';
import type { Finding } from '../../rules/model/finding.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import { guardrailFindings } from '../../rules/prove/guardrails.ts';
import type { ReadStory } from '../../stories/read-stories.ts';
import type { Shell } from '../shell.ts';
import { checkStories } from './checked-stories.ts';
import type { PlacedFinding } from './json-source.ts';
import { type RulesFolder, readRulesFolder } from './rules-folder.ts';

/** A rules folder, compiled, with all that is wrong in it. */
export interface CheckedRules {
  readonly source: RulebookSource;
  /** The stories that are well. */
  readonly stories: readonly ReadStory[];
  /** The rules that are well. */
  readonly rulebook: Rulebook;
  /** By file and place. `file` is as the user would name it: `rules/stop.json`. */
  readonly findings: readonly PlacedFinding[];
  readonly broken: boolean;
  /** The folder itself. */
  readonly folder: string;
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
  const { rulebook, findings } = compile(read.source, actions, 'local');
  const told = await checkStories(read.stories, read.source, shell);
  const doubts = [
    ...findings,
    ...told.findings,
    ...alertFindings(read.source.alerts),
    ...nameFindings({ source: read.source, rulebook }),
    ...costFindings(rulebook),
    ...expiryFindings(rulebook, shell.now()),
    ...(await guardrailFindings(read.source, rulebook, actions, shell.now())),
  ].filter(({ file }) => !isUnreadable(file, read));
  const unreadable = [...read.files.values()].flatMap((file) => file.findings);
  const together = (others: readonly Finding[]): readonly PlacedFinding[] =>
    [...unreadable, ...[...doubts, ...others].map((finding) => place(finding, read))]
      .sort(byPlace)
      .map((finding) => ({ ...finding, file: shown(join(folder, finding.file), shell) }));
  const all = together([]);
  const broken = all.some(({ severity }) => severity === 'error');
  return {
    source: read.source,
    stories: told.stories,
    rulebook,
    findings: all,
    broken,
    folder,
    together,
  };
}

/** The folder that `--rules` names, else the project's. */
export const rulesFolder = (
  rules: string | undefined,
  { home, here }: Pick<Shell, 'home' | 'here'>,
): string => (rules === undefined ? join(home, 'rules') : resolve(here, rules));

/** Returns whether a file is not JSON, which is a finding already. */
const isUnreadable = (file: string, { files }: RulesFolder): boolean => {
  const found = files.get(file);
  return found !== undefined && found.value === undefined;
};

function place({ path, ...finding }: Finding, { files }: RulesFolder): PlacedFinding {
  const at = files.get(finding.file)?.placeOf({ path, code: finding.code });
  return { ...finding, ...(at ?? { line: 1, column: 1 }) };
}

const byPlace = (a: PlacedFinding, b: PlacedFinding): number =>
  Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column;

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

/** "1 rule", "2 rules". */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;
