import type { GuardrailResult } from '../../authoring/prove-files.ts';
import type { CrossFire } from '../../rules/check/cross-fire.ts';
import type { RuleCoverage } from '../../rules/prove/coverage.ts';
import type { ExampleResult } from '../../rules/prove/examples.ts';
import type { StoryResult } from '../../stories/run-story.ts';
import { bar, columns } from '../output/columns.ts';
import { counted, findingLine } from '../rules/checked-rules.ts';
import { clock } from '../time.ts';
import type { TestReport } from './run-tests.ts';

/** Returns the report as text. With `onlyFailures`, passed tests are counted, not listed. */
export function reportLines(report: TestReport, calm: boolean): readonly string[] {
  const { rules, results, stories, guardrails, crossFires, coverage, findings } = report;
  const parts = [
    ...rules.map((rule) =>
      ruleLines(
        rule,
        results.filter((result) => result.rule === rule),
      ),
    ),
    ...stories.map(storyLines),
    ...guardrails.map(guardrailLines),
  ];
  return [
    ...parts.filter(([first]) => !calm || first?.startsWith('✗')).flat(),
    ...crossFires.map(crossFireLine),
    ...(coverage ? ['', ...coverageLines(coverage.rules), ''] : []),
    ...findings.map(findingLine),
    summary(report),
  ];
}

function ruleLines(rule: string, results: readonly ExampleResult[]): readonly string[] {
  const failed = results.filter(({ passed }) => !passed);
  const count = results.length === 0 ? 'no examples' : counted(results.length, 'example');
  return [
    `${failed.length > 0 ? '✗' : results.length > 0 ? '✓' : '-'} ${rule}  ${count}`,
    ...failed.flatMap((result) => [
      `    "${result.example}" ${outcome(result)}`,
      `      ${result.sentence}`,
    ]),
  ];
}

/** Returns how the result differs from the expectation. */
function outcome({ expected, fired }: ExampleResult): string {
  if (fired === undefined) return 'could not be run';
  if (fired === expected) return 'fires, but alerts otherwise';
  return expected ? 'should fire and does not' : 'should not fire and does';
}

const storyLines = ({ story, steps, passed, failed }: StoryResult): readonly string[] => [
  `${passed ? '✓' : '✗'} story ${story}  ${counted(steps, 'step')}`,
  ...failed.flatMap(({ step, name, at, faults }) => [
    `    step ${step}${name === `step ${step}` ? '' : `, ${name}`}${at === undefined ? '' : ` (${clock(at, 'UTC')})`}`,
    ...faults.flatMap(({ expected, got, reason }) => [
      `      expected  ${expected}`,
      `      got       ${got}`,
      ...reason.map((sentence) => `        ${sentence}`),
    ]),
  ]),
];

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
