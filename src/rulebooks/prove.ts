import { compile, type Rulebook } from '../rules/compile/compile.ts';
import { costFindings } from '../rules/compile/cost.ts';
import type { CompiledRule } from '../rules/model/compiled.ts';
import type { Finding } from '../rules/model/finding.ts';
import type { Example, RulebookSource } from '../rules/model/rule.ts';
import type { ActionDefinition } from '../rules/model/vocabulary.ts';
import { runExample } from '../rules/prove/examples.ts';
import type { GuardrailCase } from '../rules/prove/guardrail.ts';
import { breachFindings, guardrailFindings } from '../rules/prove/guardrail-findings.ts';
import { evaluateGuardrails } from '../rules/prove/guardrails.ts';

/** What proving a rulebook depends on. */
export interface ProofContext {
  readonly version: string;
  readonly actions: readonly ActionDefinition[];
  /** Returns the findings about `alerts.json`. */
  readonly alertFindings: (alerts: unknown) => readonly Finding[];
  /** The effective guardrails, in addition to the rulebook's own. */
  readonly guardrails: readonly GuardrailCase[];
  /** Checks the alert that an example expects, once the example fires. */
  readonly exampleFault: ExampleFault;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Returns how the alert of an example differs from the expected one, or `undefined`. */
export type ExampleFault = (
  rule: CompiledRule,
  example: Example,
  rulebook: Rulebook,
  alerts: unknown,
) => Promise<string | undefined>;

/** Checks everything that a rulebook needs before it becomes active: it compiles, its examples pass, every guardrail holds. */
export async function prove(
  source: RulebookSource,
  { version, actions, alertFindings, exampleFault, guardrails, now }: ProofContext,
): Promise<{ readonly rulebook: Rulebook; readonly findings: readonly Finding[] }> {
  const { rulebook, findings } = compile(source, actions, version);
  const found = [...findings, ...alertFindings(source.alerts), ...costFindings(rulebook)];
  // With rules left out, examples and guardrails would fail for a reason that is already reported.
  if (found.some(({ severity }) => severity === 'error')) return { rulebook, findings: found };
  const own = await guardrailFindings(source, rulebook, actions, now);
  const reported = new Set(
    own.flatMap(({ file, consequences = [] }) => [file, ...consequences.map((one) => one.file)]),
  );
  const others = breachFindings(await evaluateGuardrails(rulebook, guardrails, now)).filter(
    ({ file }) => !reported.has(file),
  );
  return {
    rulebook,
    findings: [
      ...found,
      ...(await exampleFindings(rulebook, source.alerts, exampleFault)),
      ...own,
      ...others,
    ],
  };
}

/** Returns the findings about examples that fail. */
async function exampleFindings(
  rulebook: Rulebook,
  alerts: unknown,
  exampleFault: ExampleFault,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const rule of rulebook.rules) {
    for (const [index, example] of rule.examples.entries()) {
      const { passed, expected, fired, sentence } = await runExample(rulebook, rule, example);
      const fault =
        passed && example.fires ? await exampleFault(rule, example, rulebook, alerts) : undefined;
      if (passed && fault === undefined) continue;
      const what =
        fault !== undefined
          ? 'fires, but its alert differs'
          : fired === undefined
            ? 'could not be run'
            : expected
              ? 'should fire and does not'
              : 'should not fire and does';
      findings.push({
        file: rule.file,
        path: ['examples', index],
        code: 'example-failed',
        severity: 'error',
        message: `"${example.name}" ${what}: ${fault ?? sentence}`,
      });
    }
  }
  return findings;
}
