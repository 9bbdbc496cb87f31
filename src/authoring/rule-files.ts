import type { RulebookSource } from '../rules/model/rule.ts';
import type { JsonSource } from './json-source.ts';
import { pretty } from './pretty.ts';

/** The file that is no rule but says where alerts go. */
export const ALERTS = 'alerts.json';
/** Folders that are read: rules directly in `rules/`, what they share and what proves them beside. */
export const SUBFOLDERS: readonly string[] = ['', 'lists', 'conditions', 'guardrails', 'tests'];
const isNoRule = (name: string): boolean => name === ALERTS || name.endsWith('.schema.json');

/** The files of `rules/`, read but unchecked. */
export interface RuleFiles {
  readonly source: RulebookSource;
  /** `tests/`: stories. They prove the rules and are no part of them. */
  readonly stories: Readonly<Record<string, unknown>>;
  /** By the file's name relative to `rules/`. */
  readonly files: ReadonlyMap<string, JsonSource>;
}

/**
 * Sorts files into what they are: every `*.json` at the top is a rule, folders hold what rules share and what proves them.
 * A rule that is not JSON is left out (its finding is in `files`); a list or a condition is there as `null`: it has an
 * error, it is not unknown.
 */
export function sortFiles(files: ReadonlyMap<string, JsonSource>): RuleFiles {
  return { ...sortValues(new Map([...files].map(([name, { value }]) => [name, value]))), files };
}

/** The same by values: `undefined` stands for a file that is not JSON. */
export function sortValues(files: ReadonlyMap<string, unknown>): Omit<RuleFiles, 'files'> {
  const values = [...files].filter(([, value]) => value !== undefined);
  const under = (prefix: string) =>
    Object.fromEntries(values.filter(([name]) => name.startsWith(prefix)));
  const shared = (prefix: string) =>
    Object.fromEntries(
      [...files].flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name, value ?? null] as const] : [],
      ),
    );
  const stories = under('tests/');
  return {
    source: {
      rules: Object.fromEntries(values.filter(([name]) => !name.includes('/') && !isNoRule(name))),
      lists: shared('lists/'),
      conditions: shared('conditions/'),
      alerts: files.get(ALERTS),
      guardrails: under('guardrails/'),
      stories,
    },
    stories,
  };
}

/** All files of a rulebook by name: the inverse of `sortFiles`. */
export const filesOf = (source: RulebookSource): Readonly<Record<string, unknown>> => ({
  ...source.rules,
  ...source.lists,
  ...source.conditions,
  ...source.guardrails,
  ...source.stories,
  ...(source.alerts === undefined || source.alerts === null ? {} : { [ALERTS]: source.alerts }),
});

/**
 * Returns the texts of all files of a rulebook by name: as they were written where that is stored, else formatted.
 */
export const textsOf = (
  source: RulebookSource,
  written: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(filesOf(source)).map(([file, value]) => [
      file,
      written[file] ?? `${pretty(value)}\n`,
    ]),
  );
