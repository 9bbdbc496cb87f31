import { codeWords } from '../rules/model/finding-codes.ts';
import type { FileFinding } from './json-source.ts';

/** How far a finding is from its cause. A finding only follows from one of a lower rank. */
const RANKS = { condition: 1, logic: 2, examples: 3 } as const;

/** What folding knows of the files. */
export interface FoldContext {
  /** The text of each file that has an error or a rule that never fires, by name: what it holds does not take effect. */
  readonly broken: ReadonlyMap<string, string>;
  /** The files of the lists and shared conditions that a rule uses. */
  readonly partsOf: (file: string) => readonly string[];
}

/**
 * Puts each finding that follows from another one under its cause, so that a report has one finding for
 * each mistake, at its origin. Keeps the order. A cause of an error is an error.
 */
export function foldFindings(
  findings: readonly FileFinding[],
  context: FoldContext,
): readonly FileFinding[] {
  const causes = new Map(findings.map((one) => [one, causeOf(one, findings, context)]));
  for (const one of findings) cutCircle(one, causes);
  const originOf = (one: FileFinding): FileFinding => {
    const cause = causes.get(one);
    return cause ? originOf(cause) : one;
  };
  const folded = Map.groupBy(
    findings.filter((one) => causes.get(one)),
    originOf,
  );
  return findings
    .filter((one) => !causes.get(one))
    .map((one) => {
      const more = (folded.get(one) ?? []).flatMap(({ consequences = [], ...own }) => [
        own,
        ...consequences,
      ]);
      if (more.length === 0) return one;
      const severity = more.some((other) => other.severity === 'error') ? 'error' : one.severity;
      return { ...one, severity, consequences: [...(one.consequences ?? []), ...more] };
    });
}

/** Findings can name each other as causes: a guardrail names a rule, and that rule the guardrail. The first of a circle is its origin. */
function cutCircle(start: FileFinding, causes: Map<FileFinding, FileFinding | undefined>): void {
  const met = new Set<FileFinding>();
  for (let one: FileFinding | undefined = start; one; one = causes.get(one)) {
    if (met.has(one)) causes.set(one, undefined);
    met.add(one);
  }
}

const rankOf = ({ code }: FileFinding): number => {
  const follows = codeWords(code)?.follows;
  return follows === undefined ? 0 : RANKS[follows];
};

const isInert = ({ code }: FileFinding): boolean => codeWords(code)?.inert === true;

function causeOf(
  one: FileFinding,
  all: readonly FileFinding[],
  { broken, partsOf }: FoldContext,
): FileFinding | undefined {
  if (one.causedBy !== undefined) {
    const own = all.filter((other) => other.file === one.causedBy && other !== one);
    const cause =
      one.code === 'guardrail-broken'
        ? own.find((other) => other.code === 'example-failed' || concerns(other, one, RANKS.logic))
        : own.find((other) => rankOf(other) === 0);
    if (cause) return cause;
  }
  return inOwnFile(one, all) ?? inParts(one, all, partsOf(one.file)) ?? leftOut(one, all, broken);
}

/** A finding of the same file: one that keeps it from being read, or one about what the rule tests. */
function inOwnFile(one: FileFinding, all: readonly FileFinding[]): FileFinding | undefined {
  const own = all.filter((other) => other.file === one.file && other !== one);
  const syntax = own.find(({ path }) => path === undefined);
  const key = one.path?.at(-1);
  // A key that stands twice: what is wrong with its value is wrong with one of the two.
  const twice = own.find(
    ({ code, message }) => code === 'duplicate-key' && message.includes(`"${key}"`),
  );
  if (twice) return twice;
  if (one.code === 'guardrail-broken') {
    // A misspelt callback is none that the rules know.
    const slip = own.find(({ path }) => path?.[0] === 'callback' || path?.[0] === 'callbacks');
    if (slip) return slip;
  }
  const rank = rankOf(one);
  if (syntax && one.path !== undefined && (one.severity === 'warning' || rank > 0)) return syntax;
  return own.find((other) => rankOf(other) < rank && !isInert(other) && concerns(other, one, rank));
}

function concerns({ code, path = [] }: FileFinding, one: FileFinding, rank: number): boolean {
  if (codeWords(code)?.ofCondition) return true;
  const [part, place] = path;
  if (part === 'when' || part === 'on' || part === 'threshold') return true;
  if (part !== 'examples') return false;
  return rank === RANKS.examples || (one.path?.[0] === 'examples' && one.path[1] === place);
}

/** A finding about a value of a list, or about the condition of a file, that the rule uses. */
const inParts = (
  one: FileFinding,
  all: readonly FileFinding[],
  parts: readonly string[],
): FileFinding | undefined =>
  rankOf(one) === 0
    ? undefined
    : all.find(
        (other) =>
          parts.includes(other.file) &&
          (other.path === undefined || other.path[0] === 'values' || other.path[0] === 'when') &&
          rankOf(other) === 0 &&
          !isInert(other),
      );

/** A rule with one of these does not fire, so a guardrail misses what it would do. */
export const SILENCING: readonly string[] = [
  'never-fires',
  'out-of-range',
  'expired',
  'notation',
  'never-matches',
  'several-in-one',
  'not-folded',
  'not-filled',
  'list-name-as-text',
];

/** Codes of findings that say that something is not there, or does not happen. */
const ABSENCES: readonly string[] = [
  'unknown-rule',
  'unknown-destination',
  'matches-nothing',
  'unused',
  'guardrail-broken',
];

/** The names that a finding is about: those that are lacking, else those that its message quotes. */
const namesOf = ({ lacks, message }: FileFinding): readonly string[] =>
  lacks ?? [...message.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);

/** The error of a file that is left out, if the file names what is missing. */
function leftOut(
  one: FileFinding,
  all: readonly FileFinding[],
  broken: FoldContext['broken'],
): FileFinding | undefined {
  if (!ABSENCES.includes(one.code)) return undefined;
  const names = namesOf(one);
  if (one.code === 'unused' || one.code === 'guardrail-broken') {
    // An error elsewhere proposes the name: it was meant there.
    const misnamed = all.find(
      ({ code, severity, hint = '' }) =>
        severity === 'error' &&
        code !== 'guardrail-broken' &&
        names.some((name) => hint.includes(`"${name}"`)),
    );
    if (misnamed) return misnamed;
  }
  const files = [...broken].flatMap(([name, text]) =>
    name !== one.file &&
    names.some((missing) => text.includes(`"${missing}"`) || name === `${missing}.json`)
      ? name
      : [],
  );
  // A guardrail requires what is missing, too: it is no cause.
  const isCause = (other: FileFinding): boolean =>
    other !== one &&
    other.code !== 'guardrail-broken' &&
    ((other.severity === 'error' && rankOf(other) === 0) ||
      SILENCING.includes(other.code) ||
      (one.code === 'guardrail-broken' && other.code === 'example-failed'));
  const named = all.find((other) => files.includes(other.file) && isCause(other));
  if (named) return named;
  // Every rule that uses a broken condition is left out, whatever it does.
  return one.code === 'guardrail-broken'
    ? all.find((other) => other.file.startsWith('conditions/') && isCause(other))
    : undefined;
}
