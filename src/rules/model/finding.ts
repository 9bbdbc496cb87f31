import * as v from 'valibot';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { closest } from './closest.ts';
import { priorityHint, ruleKeyHint } from './engine-words.ts';
import type { FindingCode } from './finding-codes.ts';
import { formatList } from './format.ts';

/** An error or a warning about a rule file. */
export interface Finding {
  /** Relative to `rules/`. */
  readonly file: string;
  /** The position in the file's JSON: `['when', 'all', 0, 'fact']`. */
  readonly path: readonly (string | number)[];
  /** Kebab-case and stable: documentation and `--fix` depend on it. */
  readonly code: FindingCode;
  /** A rule with an error is left out. A warning has no effect. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
}

type Path = Finding['path'];
type Words = {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint?: string | undefined;
};

/** Collects the findings of one file. */
export interface Report {
  readonly error: (path: Path, words: Words) => void;
  readonly warning: (path: Path, words: Words) => void;
  readonly broken: () => boolean;
}

/** Returns a report for one file that adds to `findings`. */
export function openReport(file: string, findings: Finding[]): Report {
  let broken = false;
  const note = (severity: Finding['severity'], path: Path, { code, message, hint }: Words) => {
    findings.push({ file, path, code, severity, message, ...(hint === undefined ? {} : { hint }) });
  };
  return {
    error(path, words) {
      broken = true;
      note('error', path, words);
    },
    warning: (path, words) => note('warning', path, words),
    broken: () => broken,
  };
}

/** Reports valibot's issues about an object with these `keys`, at the path `under`. */
export function reportIssues(
  report: Report,
  issues: readonly v.BaseIssue<unknown>[],
  under: Path,
  keys: readonly string[],
): void {
  for (const issue of issues) {
    const inner = (issue.path ?? []).map((item) => item.key as string | number); // JSON has no other keys
    const path = [...under, ...inner];
    const key = inner.at(-1);
    if (issue.expected === 'never' && issue.kind === 'schema') {
      const flat =
        inner.length === 3 && inner[0] === 'then'
          ? 'write the parameters of an action under "params"'
          : undefined;
      const engine = keys.includes('when') ? ruleKeyHint(String(key)) : undefined;
      const hint = inner.length === 1 ? (engine ?? closest(String(key), keys)) : flat;
      report.error(path, { code: 'unknown-key', message: `unknown key "${key}"`, hint });
    } else if (issue.received === 'undefined' && issue.kind === 'schema') {
      report.error(path, { code: 'missing-key', message: `"${key}" is missing` });
    } else {
      const where = inner.length > 0 ? `"${inner.join('.')}": ` : '';
      const hint =
        keys.includes('when') && key === 'priority' ? priorityHint(issue.input) : undefined;
      report.error(path, { code: 'bad-value', message: `${where}${formatIssue(issue)}`, hint });
    }
  }
}

/** Parses a file by its schema. Reports its issues and returns `undefined` if it does not match. */
export function readFile<const S extends v.StrictObjectSchema<v.ObjectEntries, undefined>>(
  report: Report,
  schema: S,
  source: unknown,
): v.InferOutput<S> | undefined {
  if (!isRecord(source)) {
    report.error([], { code: 'bad-value', message: 'expected an object: { … }' });
    return undefined;
  }
  const read = v.safeParse(schema, source);
  if (read.success) return read.output;
  reportIssues(report, read.issues, [], Object.keys(schema.entries));
  return undefined;
}

/** A valibot issue in plain words. */
export function formatIssue(issue: v.BaseIssue<unknown>): string {
  if (!issue.message.startsWith('Invalid')) return issue.message;
  if (issue.type === 'non_empty') return 'must not be empty';
  if (issue.type === 'iso_timestamp') return 'expected a time like "2027-01-31T18:00:00Z"';
  return issue.expected
    ? `expected ${wanted(issue.expected)}, found ${found(issue)}`
    : issue.message;
}

/** What valibot wants, said to people who know no types. */
const KINDS: Readonly<Record<string, string>> = {
  Array: 'a list: [ … ]',
  Object: 'an object: { … }',
  string: 'a text in double quotes',
  number: 'a number without quotes',
  boolean: 'true or false without quotes',
};

/** `("a" | Array)` as a sentence says it. */
const wanted = (expected: string): string =>
  formatList(
    expected
      .replace(/[()]/g, '')
      .split(' | ')
      .map((kind) => KINDS[kind] ?? kind.replace(/^>=/, 'at least ').replace(/^<=/, 'at most ')),
  );

const found = ({ input, received }: v.BaseIssue<unknown>): string =>
  Array.isArray(input) ? 'a list' : isRecord(input) ? 'an object' : received;
