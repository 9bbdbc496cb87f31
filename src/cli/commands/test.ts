import * as v from 'valibot';
import { defineCommand, type ExitCode, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { checkRules } from '../rules/checked-rules.ts';
import { watching } from '../rules/watching.ts';
import type { Shell } from '../shell.ts';
import { failures, reportLines } from '../test/report.ts';
import { runTests, type TestReport } from '../test/run-tests.ts';

const Percent = v.pipe(
  v.string(),
  v.regex(/^(\d{1,2}|100)$/, 'expected a percentage from 0 to 100, without a sign'),
  v.transform(Number),
);

const Input = v.object({
  rules: Text,
  json: Flag,
  coverage: Flag,
  threshold: v.optional(Percent),
  crossFire: Flag,
  watch: Flag,
  names: v.optional(v.array(v.string()), []),
});
type Input = v.InferOutput<typeof Input>;

/**
 * `test`: runs the examples inside the rule files, the stories and the guardrails. A rule that is
 * broken fails too.
 */
export const test = defineCommand({
  usage: 'test [names...]',
  description:
    'Run the examples, stories and guardrails of the rules. With names, only those rules and stories.',
  examples: ['test', 'test stop help', 'test --coverage --threshold 90'],
  failsIf: 'a test fails or a rule has an error',
  options: [
    RULES_OPTION,
    {
      flags: '--coverage',
      description: 'print the conditions that were never true or never false',
    },
    { flags: '--threshold <percent>', description: 'fail if coverage is lower' },
    {
      flags: '--cross-fire',
      description: 'fail if a rule fires on another rule’s example without also_fires',
    },
    {
      flags: '--watch',
      description: 'run again after each change, until Ctrl-C',
    },
    JSON_OPTION,
  ],
  input: Input,
  run: (input, shell) =>
    input.watch
      ? watching(input, shell, () => testOnce({ ...input, onlyFailures: true }, shell))
      : testOnce(input, shell),
});

interface TestInput extends Partial<Omit<Input, 'watch'>> {
  /** Leaves out what passed; the summary counts it. */
  readonly onlyFailures?: boolean;
}

/** Runs the examples, stories and guardrails once, and prints the report. */
export async function testOnce(input: TestInput, shell: Shell): Promise<ExitCode> {
  const { json, names = [], coverage = false, threshold, rules, onlyFailures = false } = input;
  const checked = await checkRules(rules, shell);
  const report = await runTests(
    checked,
    names,
    { coverage: coverage || threshold !== undefined },
    shell,
  );
  const { places: _, ...results } = report;
  if (json) shell.out(JSON.stringify(results));
  else for (const line of reportLines(report, onlyFailures)) shell.out(line);
  const short = shortOf(report, input);
  if (short !== undefined) shell.err(short);
  return failures(report) > 0 || checked.broken || short !== undefined ? 1 : 0;
}

/** What is not reached that was asked for. */
function shortOf(
  { coverage, crossFires }: TestReport,
  { threshold = 0, crossFire }: TestInput,
): string | undefined {
  if (coverage && coverage.percent < threshold)
    return `coverage is ${coverage.percent} %, wanted are ${threshold} %`;
  return crossFire && crossFires.length > 0
    ? 'rules fire on each other’s examples, and do not say so'
    : undefined;
}
