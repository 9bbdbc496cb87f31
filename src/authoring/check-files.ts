import { actions } from '../actions/index.ts';
import { alertFindings } from '../alerts/findings.ts';
import { unmatched } from '../alerts/unmatched.ts';
import { unreached } from '../alerts/unreached.ts';
import { unused } from '../alerts/unused.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { expiryFindings } from '../rules/check/expiry.ts';
import { analyse } from '../rules/check/index.ts';
import { LISTS_OF_FACTS, namesUnder } from '../rules/check/lists/lists.ts';
import { destinationsNamed, nameFindings } from '../rules/check/names.ts';
import { type Compilation, compile, type Rulebook } from '../rules/compile/compile.ts';
import { costFindings } from '../rules/compile/cost.ts';
import type { CompiledRule } from '../rules/model/compiled.ts';
import type { Finding } from '../rules/model/finding.ts';
import { codeWords } from '../rules/model/finding-codes.ts';
import { listsCalled, nameOfFile, readParts } from '../rules/model/lists.ts';
import { withoutAddresses } from '../rules/model/remedies.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import type { ExampleResult } from '../rules/prove/examples.ts';
import { guardrailFindings } from '../rules/prove/guardrail-findings.ts';
import { type Known, type ReadStory, readStories } from '../stories/read-stories.ts';
import { storyValues } from '../stories/story-values.ts';
import { foldFindings, SILENCING } from './fold-findings.ts';
import type { FileFinding } from './json-source.ts';
import { misplacedFiles } from './misplaced.ts';
import { exampleResults, readableAlerts } from './prove-files.ts';
import type { RuleFiles } from './rule-files.ts';

/** Rules that were checked. */
export interface CheckedFiles {
  /** The rules that are well. */
  readonly rulebook: Rulebook;
  /** The stories that are well. */
  readonly stories: readonly ReadStory[];
  /** By file and place. */
  readonly findings: readonly FileFinding[];
  /** Puts more findings to their places and sorts all of them. */
  readonly together: (others: readonly Finding[]) => readonly FileFinding[];
}

/**
 * Checks the files of `rules/`: syntax, rules, lists, stories, alerts and guardrails.
 * @param samples the callbacks that stories may name
 * @param now milliseconds
 * @param compiled the rules, where the caller compiled them
 */
export async function checkFiles(
  read: RuleFiles,
  samples: Known['samples'],
  now: number,
  compiled: Compilation = compile(read.source, actions, 'local'),
): Promise<CheckedFiles> {
  const { rulebook, findings } = compiled;
  const known = knownTo(read.source, samples);
  const told = readStories(read.stories, known);
  const doubts = [
    ...findings,
    ...told.findings,
    ...(await storyValues(told.stories, known, rulebook)),
    ...alertFindings(read.source.alerts),
    ...nameFindings({ source: read.source, rulebook }),
    ...costFindings(rulebook),
    ...expiryFindings(rulebook, now),
    ...(await guardrailFindings(read.source, rulebook, actions, now)),
  ].filter(({ file }) => !isUnreadable(file, read));
  const misplaced = misplacedFiles(read);
  const isMisplaced = ({ file }: Pick<Finding, 'file'>): boolean =>
    misplaced.some((one) => one.file === file);
  const unreadable = [...read.files.values()].flatMap((file) => file.findings);
  const together = (others: readonly Finding[]): readonly FileFinding[] => {
    const placed = [
      ...unreadable,
      ...[...misplaced, ...[...doubts, ...others].filter((one) => !isMisplaced(one))]
        .map(refused)
        .map((finding) => place(finding, read)),
    ].sort(byPlace);
    return foldFindings(placed, { broken: brokenTexts(placed, read), partsOf: partsOf(read) });
  };
  return { rulebook, stories: told.stories, findings: together([]), together };
}

/** What compiles with a warning, so that an active rulebook keeps it, and is an error for its author. */
const refused = (finding: Finding): Finding =>
  codeWords(finding.code)?.refused ? { ...finding, severity: 'error' } : finding;

/** The texts of the files that have an error or never take effect, by name. */
const brokenTexts = (
  findings: readonly FileFinding[],
  { files }: Pick<RuleFiles, 'files'>,
): ReadonlyMap<string, string> =>
  new Map(
    findings.flatMap(({ file, severity, code }) => {
      const isBroken = severity === 'error' || SILENCING.includes(code);
      const text = isBroken ? files.get(file)?.text : undefined;
      return text === undefined ? [] : [[file, text] as const];
    }),
  );

/** Returns the files of the lists and shared conditions that a rule names. */
function partsOf({ source }: RuleFiles): (file: string) => readonly string[] {
  const names = Object.keys(source.lists).map(nameOfFile);
  return (file) => [
    ...namesUnder('list', source.rules[file])
      .flatMap((name) => listsCalled(name, names))
      .map((name) => `lists/${name}.json`),
    ...[...LISTS_OF_FACTS]
      .filter(([, fact]) => namesUnder('fact', source.rules[file]).includes(fact))
      .map(([name]) => `lists/${name}.json`),
    ...namesUnder('condition', source.rules[file]).map((name) => `conditions/${name}.json`),
  ];
}

/** Returns what the examples of a rule came out as. */
export type RunExamples = (rule: CompiledRule) => Promise<readonly ExampleResult[]>;

/**
 * Doubts about rules taken together, and examples that fail: what `check` reports beyond `checkFiles`. A caller that has
 * the results of the examples gives them as `run`, because running them takes as long as half of the doubts.
 */
export const doubtsOf = async (
  given: RulebookSource,
  rulebook: Rulebook,
  run: RunExamples = (rule) => exampleResults(rule, rulebook, readableAlerts(given.alerts)),
): Promise<readonly Finding[]> => {
  // `compile` reports a part that is no object.
  const source = readParts(given, []);
  return [
    ...unmatched(source),
    ...unreached(source),
    ...unused(source, destinationsNamed(source, actions)),
    ...(await analyse(source, rulebook)),
    ...(await failedExamples(rulebook, run)),
  ];
};

/** The examples that do not come out as they say. */
async function failedExamples(rulebook: Rulebook, run: RunExamples): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const rule of rulebook.rules) {
    for (const [at, result] of (await run(rule)).entries()) {
      if (result.passed) continue;
      const { example, fired, expected, sentence } = result;
      const what =
        fired === undefined
          ? 'could not be run'
          : fired !== expected
            ? expected
              ? 'should fire and does not'
              : 'should not fire and does'
            : 'fires, but its alert differs';
      found.push({
        file: rule.file,
        path: ['examples', at, 'name'],
        code: 'example-failed',
        severity: 'error',
        message: `"${example}" ${what}: ${sentence}`,
        hint: 'correct the rule or the example',
      });
    }
  }
  return found;
}

/** The names that a story may use. */
const knownTo = (source: RulebookSource, samples: Known['samples']): Known => ({
  rules: Object.keys(source.rules).map(nameOfFile),
  actions: actions.map(({ name }) => name),
  destinations:
    isRecord(source.alerts) && isRecord(source.alerts.destinations)
      ? Object.keys(source.alerts.destinations)
      : undefined,
  samples,
});

/** Whether a file is there but no JSON: a finding says so already. */
const isUnreadable = (file: string, { files }: Pick<RuleFiles, 'files'>): boolean => {
  const found = files.get(file);
  return found !== undefined && found.value === undefined;
};

/** A finding with its line and column. */
export function place(finding: Finding, read: Pick<RuleFiles, 'files'>): FileFinding {
  const at = read.files.get(finding.file)?.placeOf(finding) ?? { line: 1, column: 1 };
  const { consequences, ...own } = finding;
  const hint = own.hint ?? generalHint(own.code);
  return {
    ...own,
    // An address that stands where a name belongs must not appear in a report.
    message: withoutAddresses(own.message),
    ...(hint !== undefined && { hint: withoutAddresses(hint) }),
    ...at,
    ...(consequences && { consequences: consequences.map((one) => place(one, read)) }),
  };
}

/** What to do about findings of a code, where the message does not say so itself. */
function generalHint(code: Finding['code']): string | undefined {
  const { cure, stated } = codeWords(code) ?? {};
  return stated
    ? undefined
    : cure?.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase()).replace(/\.$/, '');
}

const byPlace = (a: FileFinding, b: FileFinding): number =>
  Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column;
