import { actions } from '../actions/index.ts';
import { type Alerts, readAlerts } from '../alerts/config.ts';
import { alertMismatch } from '../pipeline/alert-preview.ts';
import type { CompiledRule, Rulebook } from '../rules/model/compiled.ts';
import { oncePerRule } from '../rules/model/once-per-rule.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import { type ExampleResult, runExample } from '../rules/prove/examples.ts';
import { readGuardrails } from '../rules/prove/guardrail.ts';
import { evaluateGuardrails } from '../rules/prove/guardrails.ts';

/** How a guardrail came out. */
export interface GuardrailResult {
  readonly guardrail: string;
  readonly callbacks: number;
  readonly passed: boolean;
  /** What is wrong, a sentence each. */
  readonly breaches: readonly string[];
}

/** Runs the examples of a rule. With `alerts`, an example's alert must come out as it says, too. */
export async function exampleResults(
  rule: CompiledRule,
  rulebook: Rulebook,
  alerts: Alerts | undefined,
): Promise<readonly ExampleResult[]> {
  const results: ExampleResult[] = [];
  const ran = await runExamples(rule, rulebook);
  for (const [at, example] of rule.examples.entries()) {
    const result = ran[at];
    if (!result) continue;
    const fault =
      result.passed && alerts ? await alertMismatch(rule, example, rulebook, alerts) : undefined;
    results.push(fault === undefined ? result : { ...result, passed: false, sentence: fault });
  }
  return results;
}

const runExamples = oncePerRule(async (rule, rulebook: Rulebook) => {
  const results: ExampleResult[] = [];
  for (const example of rule.examples) results.push(await runExample(rulebook, rule, example));
  return results;
});

/** Judges every guardrail of the source. `now` in milliseconds. */
export async function guardrailResults(
  source: RulebookSource,
  rulebook: Rulebook,
  now: number,
): Promise<readonly GuardrailResult[]> {
  const { cases } = readGuardrails(source.guardrails, actions);
  const breaches = await evaluateGuardrails(rulebook, cases, now);
  return [...new Set(cases.map(({ guardrail }) => guardrail))].map((name) => {
    const own = breaches
      .filter(({ guardrail }) => guardrail === name)
      .map(({ sentence }) => sentence);
    const callbacks = cases.filter(({ guardrail }) => guardrail === name).length;
    return { guardrail: name, callbacks, passed: own.length === 0, breaches: own };
  });
}

/** The alerts of a rulebook, or `undefined` where they cannot be read: a finding says so already. */
export function readableAlerts(alerts: unknown): Alerts | undefined {
  try {
    return readAlerts(alerts);
  } catch {
    return undefined;
  }
}
