import { compile, type Rulebook } from '../rules/compile.ts';
import { runExample } from '../rules/examples.ts';
import type { Finding } from '../rules/finding.ts';
import { breachFindings, type GuardrailCase, guardrailFindings, judgeGuardrails } from '../rules/guardrails.ts';
import type { RulebookSource } from '../rules/rule.ts';
import type { ActionWords } from '../rules/vocabulary.ts';

/** What a rulebook has to pass beside its own checks. */
export interface Trial {
  readonly version: string;
  readonly actions: readonly ActionWords[];
  /** What is wrong with `alerts.json`. */
  readonly alertFindings: (alerts: unknown) => readonly Finding[];
  /** The guardrails in force, whatever the rulebook brings itself. */
  readonly guardrails: readonly GuardrailCase[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Everything that must hold before a rulebook may decide: it compiles, its examples come out, every guardrail holds. */
export async function prove(
  source: RulebookSource,
  { version, actions, alertFindings, guardrails, now }: Trial,
): Promise<{ readonly rulebook: Rulebook; readonly findings: readonly Finding[] }> {
  const { rulebook, findings } = compile(source, actions, version);
  const found = [...findings, ...alertFindings(source.alerts)];
  // By rules that are left out, examples and guardrails would fail for a reason that is told already.
  if (found.some(({ severity }) => severity === 'error')) return { rulebook, findings: found };
  const own = await guardrailFindings(source, rulebook, actions, now);
  const told = new Set(own.map(({ file }) => file));
  const others = breachFindings(await judgeGuardrails(rulebook, guardrails, now)).filter(({ file }) => !told.has(file));
  return { rulebook, findings: [...found, ...(await exampleFindings(rulebook)), ...own, ...others] };
}

/** Examples that do not come out as they say. */
export async function exampleFindings(rulebook: Rulebook): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const rule of rulebook.rules) {
    for (const [index, example] of rule.examples.entries()) {
      const { passed, expected, fired, sentence } = await runExample(rulebook, rule, example);
      if (passed) continue;
      const what =
        fired === undefined ? 'could not be run' : expected ? 'should fire and does not' : 'should not fire and does';
      findings.push({
        file: rule.file,
        path: ['examples', index],
        code: 'example-failed',
        severity: 'error',
        message: `"${example.name}" ${what}: ${sentence}`,
      });
    }
  }
  return findings;
}
