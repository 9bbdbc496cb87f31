import type { GuardrailResult } from '../../authoring/prove-files.ts';
import type { CrossFire } from '../../rules/check/cross-fire.ts';
import type { RuleCoverage } from '../../rules/prove/coverage.ts';
import type { ExampleResult } from '../../rules/prove/examples.ts';
import type { StoryResult } from '../../stories/run-story.ts';
import { bar, columns } from '../output/columns.ts';
import { counted, findingLine } from '../rules/checked-rules.ts';
import { clock } from '../time.ts';
import { exampleKey, stepKey, type TestReport } from './run-tests.ts';

/**
 * Returns the report as text: what passed, then what failed, so that the end of the output is what needs work. With
 * `onlyFailures`, passed tests are counted, not listed.
 */
export function reportLines(report: TestReport, onlyFailures: boolean): readonly string[] {
  const { rules, results, stories, guardrails, crossFires, coverage, findings, places } = report;
  const parts = [
    ...rules.map((rule) =>
      ruleLines(
        rule,
        results.filter((result) => result.rule === rule),
        places,
      ),
    ),
    ...stories.map((story) => storyLines(story, places)),
    ...guardrails.map(guardrailLines),
  ];
  const hasFailed = ([first]: readonly string[]): boolean => first?.startsWith('✗') === true;
  return [
    ...(onlyFailures ? [] : parts.filter((part) => !hasFailed(part)).flat()),
    ...crossFires.map(crossFireLine),
    ...(coverage ? ['', ...coverageLines(coverage.rules), ''] : []),
    ...parts.filter(hasFailed).flat(),
    ...findings.map(findingLine),
    summary(report),
  ];
}

type Places = TestReport['places'];

function ruleLines(
  rule: string,
  results: readonly ExampleResult[],
  places: Places,
): readonly string[] {
  const failed = results.filter(({ passed }) => !passed);
  const count = results.length === 0 ? 'no examples' : counted(results.length, 'example');
  const repeats = grouped(failed, (result) => `${outcome(result)}\n${result.sentence}`);
  return [
    `${failed.length > 0 ? '✗' : results.length > 0 ? '✓' : '-'} ${rule}  ${count}`,
    ...repeats.flatMap(([first, ...others]) => [
      `    "${first.example}" ${outcome(first)}${at(places[exampleKey(rule, first.example)])}`,
      ...others.map(
        ({ example }) => `    as does "${example}"${at(places[exampleKey(rule, example)])}`,
      ),
      `      ${first.sentence}`,
    ]),
  ];
}

const at = (place: string | undefined): string => (place === undefined ? '' : ` (${place})`);

/** Puts together what has the same key, in the order of the first of each. */
function grouped<T>(all: readonly T[], keyOf: (one: T) => string): readonly [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const known = groups.get(keyOf(one));
    if (known) known.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return [...groups.values()];
}

/** Returns how the result differs from the expectation. */
function outcome({ expected, fired }: ExampleResult): string {
  if (fired === undefined) return 'could not be run';
  if (fired === expected) return 'fires, but alerts otherwise';
  return expected ? 'should fire and does not' : 'should not fire and does';
}

function storyLines(
  { story, steps, passed, failed }: StoryResult,
  places: Places,
): readonly string[] {
  const repeats = grouped(failed, ({ faults }) => JSON.stringify(faults));
  return [
    `${passed ? '✓' : '✗'} story ${story}  ${counted(steps, 'step')}`,
    ...repeats.flatMap((same) => [
      ...same.map(
        (step, index) =>
          `    ${index > 0 ? 'as does ' : ''}${stepWords(step)}${at(places[stepKey(story, step.step)])}`,
      ),
      ...same[0].faults.flatMap(({ expected, got, reason }) => [
        `      expected  ${expected}`,
        `      got       ${got}`,
        ...reason.map((sentence) => `        ${sentence}`),
      ]),
    ]),
  ];
}

/** "step 2, a second STOP (2026-11-02 09:00:00)": in UTC, as the story is written. */
const stepWords = ({ step, name, at: time }: StoryResult['failed'][number]): string =>
  `step ${step}${name === `step ${step}` ? '' : `, ${name}`}${time === undefined ? '' : ` (${clock(time, 'UTC')})`}`;

const guardrailLines = ({
  guardrail,
  callbacks,
  passed,
  breaches,
}: GuardrailResult): readonly string[] => [
  `${passed ? '✓' : '✗'} guardrail ${guardrail}  ${counted(callbacks, 'callback')}`,
  ...breaches.map((sentence) => `    ${sentence}`),
];

function crossFireLine({ rule, also, examples: [first, ...others] }: CrossFire): string {
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `! ${also} also fires on examples of ${rule}: "${first}"${more}. If that is meant: "also_fires": ["${rule}"] in ${also}, or ["${also}"] in ${rule}`;
}

function coverageLines(rules: readonly RuleCoverage[]): readonly string[] {
  const rows = rules.map(({ rule, conditions, seen, of }) => [
    rule,
    counted(conditions, 'condition'),
    of === 0 ? 100 : Math.floor((seen * 100) / of),
    '%',
    bar(seen, of, 10),
  ]);
  const lines = columns(rows);
  return rules.flatMap(({ missing }, index) => [
    lines[index] ?? '',
    ...missing.map(({ condition, never }) => `    never ${never ? 'true' : 'false'}: ${condition}`),
  ]);
}

/** Returns the number of failed tests. */
export const failures = ({ results, stories, guardrails }: TestReport): number =>
  [...results, ...stories, ...guardrails].filter(({ passed }) => !passed).length;

function summary(report: TestReport): string {
  const { rules, results, stories, guardrails, coverage, crossFires, findings } = report;
  const failed = failures(report);
  const all = results.length + stories.length + guardrails.length;
  const what = [
    counted(rules.length, 'rule'),
    counted(results.length, 'example'),
    ...(stories.length > 0 ? [stories.length === 1 ? '1 story' : `${stories.length} stories`] : []),
    ...(guardrails.length > 0 ? [counted(guardrails.length, 'guardrail')] : []),
  ].join(', ');
  return [
    `${what}: ${all - failed} passed, ${failed} failed`,
    ...(findings.length > 0 ? [`${counted(findings.length, 'error')} in the rules`] : []),
    ...(crossFires.length > 0 ? [counted(crossFires.length, 'unexpected pair')] : []),
    ...(coverage ? [`${coverage.percent} % of the conditions seen true and false`] : []),
  ].join(', ');
}
