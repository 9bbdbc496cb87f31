import * as v from 'valibot';
import { readAlerts } from '../../alerts/config.ts';
import { doubtsOf } from '../../authoring/check-files.ts';
import type { Finding } from '../../rules/model/finding.ts';
import { CODES } from '../../rules/model/finding-codes.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { explainCode } from '../output/code-page.ts';
import { missingSettings } from '../rules/check-env.ts';
import { type CheckedRules, checkRules, counted, findingLine } from '../rules/checked-rules.ts';
import { fixRules } from '../rules/fix.ts';
import { schemaFiles } from '../rules/schema-file.ts';
import { strayFiles } from '../rules/stray-files.ts';

/** `check`: every finding on a line, then a summary. Warnings are no failure, unless `--strict`. */
export const check = defineCommand({
  usage: 'check',
  description: 'check the rules: every mistake and every doubt with its file, line and column',
  options: [
    RULES_OPTION,
    { flags: '--fix', description: 'mend what can be mended safely' },
    { flags: '--strict', description: 'fail on warnings, too' },
    {
      flags: '--env',
      description: 'also check the settings of this place: .dev.vars and the environment',
    },
    { flags: '--explain <code>', description: 'say what a finding means and what to do about it' },
    JSON_OPTION,
  ],
  input: v.object({ rules: Text, fix: Flag, strict: Flag, env: Flag, explain: Text, json: Flag }),
  async run({ rules, fix, strict, env, explain, json }, shell) {
    if (explain !== undefined) return explainCode(explain, shell);
    const fixed = fix ? await fixRules(rules, shell) : [];
    const checked = await checkRules(rules, shell);
    const findings = checked.together(await doubts(checked));
    const missing =
      env && !checked.broken ? await missingSettings(readAlerts(checked.source.alerts), shell) : [];
    if (json) {
      shell.out(JSON.stringify({ findings, ...(fix && { fixed }), ...(env && { missing }) }));
    } else {
      for (const line of fixed) shell.out(`fixed ${line}`);
      for (const finding of findings) shell.out(findingLine(finding));
      for (const line of missing) shell.out(line);
      shell.out(summary(checked, findings));
    }
    const failing = strict ? findings : findings.filter(({ severity }) => severity === 'error');
    return failing.length > 0 || missing.length > 0 ? 1 : 0;
  },
});

/** What no other command asks for: the rules taken together, and the files that editors read. */
async function doubts({ source, rulebook, folder }: CheckedRules): Promise<readonly Finding[]> {
  const stale = (await schemaFiles(folder, source)).filter(({ state }) => state === 'stale');
  return [
    ...(await strayFiles(folder)),
    ...(await doubtsOf(source, rulebook)),
    ...stale.map(
      ({ name }): Finding => ({
        file: name,
        path: [],
        code: 'schema-not-current',
        severity: 'warning',
        message: 'editors complete by it, and it is not current',
        hint: CODES['schema-not-current'].cure,
      }),
    ),
  ];
}

function summary(
  { source }: CheckedRules,
  findings: readonly { readonly severity: string }[],
): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const what = [
    counted(Object.keys(source.rules).length, 'rule'),
    counted(Object.keys(source.lists).length, 'list'),
    counted(Object.keys(source.conditions).length, 'shared condition'),
  ].join(', ');
  return `${what}: ${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`;
}
