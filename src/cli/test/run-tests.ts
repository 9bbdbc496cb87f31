import type { PlacedFinding } from '../../authoring/json-source.ts';
import {
  exampleResults,
  type GuardrailResult,
  guardrailResults,
  readableAlerts,
} from '../../authoring/prove-files.ts';
import { AppError } from '../../errors.ts';
import { type CrossFire, crossFires } from '../../rules/check/cross-fire.ts';
import { closest } from '../../rules/model/closest.ts';
import type { CompiledRule } from '../../rules/model/compiled.ts';
import { openCoverage, percentOf, type RuleCoverage } from '../../rules/prove/coverage.ts';
import type { ExampleResult } from '../../rules/prove/examples.ts';
import type { ReadStory } from '../../stories/read-stories.ts';
import { runStory, type StoryResult } from '../../stories/run-story.ts';
import type { CheckedRules } from '../rules/checked-rules.ts';
import { chosenRules, refuseBroken } from '../rules/chosen-rules.ts';
import type { Shell } from '../shell.ts';
import { samplesOf } from './samples.ts';

/** Everything that `test` found out. */
export interface TestReport {
  /** The names of the tested rules, sorted. */
  readonly rules: readonly string[];
  readonly results: readonly ExampleResult[];
  readonly stories: readonly StoryResult[];
  readonly guardrails: readonly GuardrailResult[];
  readonly crossFires: readonly CrossFire[];
  readonly findings: readonly PlacedFinding[];
  /** Where each example and step of a story is written, by `exampleKey` and `stepKey`. */
  readonly places: Readonly<Record<string, string>>;
  readonly coverage?: { readonly percent: number; readonly rules: readonly RuleCoverage[] };
}

export const exampleKey = (rule: string, example: string): string => `${rule}\n${example}`;
export const stepKey = (story: string, step: number): string => `${story}\n${step}`;

/** The places of what failed. */
function placesOf(
  { placeOf }: CheckedRules,
  rules: readonly CompiledRule[],
  stories: readonly StoryResult[],
): Readonly<Record<string, string>> {
  const examples = rules.flatMap(({ name, file, examples: own }) =>
    own.map((example, index) => [
      exampleKey(name, example.name),
      placeOf(file, ['examples', index]),
    ]),
  );
  const steps = stories.flatMap(({ story, file, failed }) =>
    failed.map(({ step }) => [stepKey(story, step), placeOf(file, ['steps', step - 1])]),
  );
  return Object.fromEntries([...examples, ...steps]);
}

/**
 * Runs examples, stories, guardrails and cross-fires. With names, those rules and stories alone.
 */
export async function runTests(
  checked: CheckedRules,
  names: readonly string[],
  wanted: { readonly coverage: boolean },
  shell: Shell,
): Promise<TestReport> {
  const { rulebook, findings, source } = checked;
  const { rules, stories } = chosen(checked, names, shell);
  const alerts = readableAlerts(source.alerts);
  const results: ExampleResult[] = [];
  for (const rule of rules) results.push(...(await exampleResults(rule, rulebook, alerts)));

  const coverage = wanted.coverage ? await openCoverage(rulebook, rules) : undefined;
  const samples = await samplesOf(stories, shell);
  const told: StoryResult[] = [];
  for (const story of stories)
    told.push(await runStory(story, { rulebook, alerts, samples, watch: coverage?.see }));

  const inQuestion = new Set(rules.map(({ name }) => name));
  const crossed = await crossFires(rulebook);
  const covered = coverage?.result();
  return {
    rules: rules.map(({ name }) => name),
    results,
    stories: told,
    places: placesOf(checked, rules, told),
    guardrails: names.length === 0 ? await guardrailResults(source, rulebook, shell.now()) : [],
    crossFires: crossed.filter(({ rule, also }) => inQuestion.has(rule) || inQuestion.has(also)),
    // A broken guardrail is reported with the guardrails.
    findings: findings.filter(
      ({ severity, code }) =>
        severity === 'error' && (names.length > 0 || code !== 'guardrail-broken'),
    ),
    ...(covered && { coverage: { percent: percentOf(covered), rules: covered } }),
  };
}

/**
 * The rules and stories of these names, or all.
 * @throws AppError `not_found`, with the name that was probably meant
 */
function chosen(checked: CheckedRules, names: readonly string[], shell: Shell) {
  const { rulebook, stories } = checked;
  const told = stories.map(({ name }) => name);
  const known = rulebook.rules.map(({ name }) => name);
  const others = names.filter((name) => !told.includes(name) || known.includes(name));
  for (const name of others) {
    if (known.includes(name) || closest(name, known) !== undefined) continue;
    const hint = closest(name, told);
    refuseBroken(name, checked, shell);
    if (hint) throw new AppError('not_found', `no rule and no story is called "${name}": ${hint}`);
  }
  const rules: readonly CompiledRule[] =
    others.length > 0 || names.length === 0 ? chosenRules(checked, others, shell) : [];
  const some: readonly ReadStory[] =
    names.length === 0 ? stories : stories.filter(({ name }) => names.includes(name));
  return { rules, stories: some };
}
