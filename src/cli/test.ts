import * as v from 'valibot';
import { alertFault } from '../actions/foreseen.ts';
import { readAlerts } from '../alerts/alerts.ts';
import type { CompiledRule, Rulebook } from '../rules/compiled.ts';
import { type ExampleResult, runExample } from '../rules/examples.ts';
import type { Example } from '../rules/rule.ts';
import { checkRules, counted, findingLine } from './checked-rules.ts';
import { chosenRules } from './chosen-rules.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION } from './command.ts';
import type { Shell } from './shell.ts';

/** `test`: runs the examples inside the rule files. A rule that is broken fails too. */
export const test = defineCommand({
  usage: 'test [names...]',
  description: 'run the examples inside the rules; without names, of all rules',
  options: [RULES_OPTION, JSON_OPTION],
  input: v.object({ rules: v.optional(v.string()), json: Flag, names: v.optional(v.array(v.string()), []) }),
  async run({ rules, json, names }, shell) {
    const { source, rulebook, findings, broken } = await checkRules(rules, shell);
    const results: ExampleResult[] = [];
    const chosen = chosenRules(rulebook, names);
    for (const rule of chosen) {
      const ofRule: ExampleResult[] = [];
      for (const example of rule.examples) ofRule.push(await withAlert(rule, example, rulebook, source.alerts));
      if (!json) tell(rule.name, ofRule, shell);
      results.push(...ofRule);
    }
    const failed = results.filter(({ passed }) => !passed).length;
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (json) {
      shell.out(JSON.stringify({ results, findings: errors }));
    } else {
      for (const error of errors) shell.out(findingLine(error));
      shell.out(
        `${counted(chosen.length, 'rule')}, ${counted(results.length, 'example')}: ${results.length - failed} passed, ${failed} failed${
          broken ? `, ${counted(errors.length, 'error')} in the rules` : ''
        }`,
      );
    }
    return failed > 0 || broken ? 1 : 0;
  },
});

/** An example that fires as it should may still tell somebody else, or something else, than it says. */
async function withAlert(
  rule: CompiledRule,
  example: Example,
  rulebook: Rulebook,
  alerts: unknown,
): Promise<ExampleResult> {
  const result = await runExample(rulebook, rule, example);
  if (!result.passed || !example.fires || !example.alert) return result;
  const fault = await alertFault(rule, example, rulebook, readAlerts(alerts));
  return fault === undefined ? result : { ...result, passed: false, sentence: fault };
}

function tell(rule: string, results: readonly ExampleResult[], shell: Shell): void {
  const failed = results.filter(({ passed }) => !passed);
  const count = results.length === 0 ? 'no examples' : counted(results.length, 'example');
  shell.out(`${failed.length > 0 ? '✗' : results.length > 0 ? '✓' : '-'} ${rule}  ${count}`);
  for (const { example, expected, fired, sentence } of failed) {
    const what =
      fired === undefined
        ? 'could not be run'
        : fired === expected
          ? 'fires, but alerts otherwise'
          : expected
            ? 'should fire and does not'
            : 'should not fire and does';
    shell.out(`    "${example}" ${what}`);
    shell.out(`      ${sentence}`);
  }
}
