import { compile, type Rulebook } from '../rules/compile/compile.ts';
import type { CompiledRule } from '../rules/model/compiled.ts';
import type { Finding } from '../rules/model/finding.ts';
import type { Example, RulebookSource } from '../rules/model/rule.ts';
import type { ActionDefinition } from '../rules/model/vocabulary.ts';
import { runExample } from '../rules/prove/examples.ts';
import {
  breachFindings,
  type GuardrailCase,
  guardrailFindings,
  judgeGuardrails,
} from '../rules/prove/guardrails.ts';

/** What a rulebook has to pass beside its own checks. */
export interface Trial {
  readonly version: string;
  readonly actions: readonly ActionDefinition[];
  /** What is wrong with `alerts.json`. */
  readonly alertFindings: (alerts: unknown) => readonly Finding[];
  /** The guardrails in force, whatever the rulebook brings itself. */
  readonly guardrails: readonly GuardrailCase[];
  /** What else an example says that does not come out, if it fires as it should: whom it would tell, and what. */
  readonly exampleFault: ExampleFault;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What is wrong with an example of a rule, of a rulebook with these alert routes. */
export type ExampleFault = (
  rule: CompiledRule,
  example: Example,
  rulebook: Rulebook,
  alerts: unknown,
) => Promise<string | undefined>;

/** Everything that must hold before a rulebook may decide: it compiles, its examples come out, every guardrail holds. */
export async function prove(
  source: RulebookSource,
  { version, actions, alertFindings, exampleFault, guardrails, now }: Trial,
): Promise<{ readonly rulebook: Rulebook; readonly findings: readonly Finding[] }> {
  const { rulebook, findings } = compile(source, actions, version);
  const found = [...findings, ...alertFindings(source.alerts)];
  // By rules that are left out, examples and guardrails would fail for a reason that is told already.
  if (found.some(({ severity }) => severity === 'error')) return { rulebook, findings: found };
  const own = await guardrailFindings(source, rulebook, actions, now);
  const told = new Set(own.map(({ file }) => file));
  const others = breachFindings(await judgeGuardrails(rulebook, guardrails, now)).filter(
    ({ file }) => !told.has(file),
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

/** Examples that do not come out as they say. */
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
          ? 'fires, but alerts otherwise'
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
