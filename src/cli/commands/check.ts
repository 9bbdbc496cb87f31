import * as v from 'valibot';
import { readAlerts } from '../../alerts/config.ts';
import { doubtsOf } from '../../authoring/check-files.ts';
import { AppError } from '../../errors.ts';
import { closest } from '../../rules/model/closest.ts';
import type { Finding } from '../../rules/model/finding.ts';
import { CODES, codeWords } from '../../rules/model/finding-codes.ts';
import { defineCommand, type ExitCode, Flag, JSON_OPTION, RULES_OPTION, Text } from '../command.ts';
import { type CheckedRules, checkRules, counted, findingLines } from '../rules/checked-rules.ts';
import { fixRules } from '../rules/fix.ts';
import { schemaFiles } from '../rules/schema-file.ts';
import { strayFiles } from '../rules/stray-files.ts';
import { watching } from '../rules/watching.ts';
import type { Shell } from '../shell.ts';

/** `check`: every finding on a line, then a summary. Warnings are no failure, unless `--strict`. */
export const check = defineCommand({
  usage: 'check',
  description: 'Check the rules. Each finding is printed with its file, line and column.',
  examples: ['check', 'check --watch', 'check --strict --env', 'check --explain unknown-fact'],
  failsIf: 'there is an error, or with --strict a warning',
  options: [
    RULES_OPTION,
    { flags: '--fix', description: 'fix what can be fixed safely' },
    { flags: '--strict', description: 'fail on warnings as well' },
    {
      flags: '--env',
      description: 'also check the settings in .dev.vars and the environment',
    },
    { flags: '--watch', description: 'check again after each change, until Ctrl-C' },
    { flags: '--explain <code>', description: 'print what a finding means and its remedy' },
    JSON_OPTION,
  ],
  input: v.object({
    rules: Text,
    fix: Flag,
    strict: Flag,
    env: Flag,
    watch: Flag,
    explain: Text,
    json: Flag,
  }),
  run: async ({ explain, watch, ...input }, shell) => {
    if (explain !== undefined) return explainCode(explain, shell);
    if (!watch) return checkFolder(input, shell);
    return watching(input, shell, () => checkFolder(input, shell));
  },
});

interface CheckInput {
  readonly rules?: string | undefined;
  readonly fix?: boolean;
  readonly strict?: boolean;
  readonly env?: boolean;
  readonly json?: boolean;
}

/** Checks a rules folder and prints every finding, then a summary. */
export async function checkFolder(
  { rules, fix, strict, env, json }: CheckInput,
  shell: Shell,
): Promise<ExitCode> {
  const fixed = fix ? await fixRules(rules, shell) : [];
  const checked = await checkRules(rules, shell);
  const findings = checked.together(await doubts(checked));
  const missing = env && !checked.broken ? await missingIn(checked.source.alerts, shell) : [];
  if (json) {
    shell.out(JSON.stringify({ findings, ...(fix && { fixed }), ...(env && { missing }) }));
  } else {
    for (const line of fixed) shell.out(`fixed ${line}`);
    for (const line of findings.flatMap(findingLines)) shell.out(line);
    for (const line of missing) shell.out(line);
    shell.out(summary(checked, findings));
  }
  const failing = strict ? findings : findings.filter(({ severity }) => severity === 'error');
  return failing.length > 0 || missing.length > 0 ? 1 : 0;
}

/** The settings that are missing. Their definitions are loaded only here, because they take a sixth of the run. */
async function missingIn(alerts: CheckedRules['source']['alerts'], shell: Shell) {
  const { missingSettings } = await import('../rules/check-env.ts');
  return missingSettings(readAlerts(alerts), shell);
}

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

/**
 * Prints what a finding means and its remedy.
 * @throws AppError `bad_request` for an unknown code, with the one that was probably meant
 */
function explainCode(code: string, shell: Shell): ExitCode {
  const words = codeWords(code);
  if (!words) {
    const hint = closest(code, Object.keys(CODES)) ?? 'the README lists them all';
    throw new AppError('bad_request', `no finding is called "${code}": ${hint}`);
  }
  shell.out(code);
  shell.out(`  ${words.means}`);
  shell.out(`  ${words.cure}`);
  return 0;
}
