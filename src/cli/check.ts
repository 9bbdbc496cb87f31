import * as v from 'valibot';
import { checkRules, counted, findingLine } from './checked-rules.ts';
import { defineCommand, Flag, JSON_OPTION, RULES_OPTION, Text } from './command.ts';

/** `check`: every finding on a line, then a summary. Warnings are no failure. */
export const check = defineCommand({
  usage: 'check',
  description: 'check the rules: every mistake with its file, line and column',
  options: [RULES_OPTION, JSON_OPTION],
  input: v.object({ rules: Text, json: Flag }),
  async run({ rules, json }, shell) {
    const { source, findings, broken } = await checkRules(rules, shell);
    if (json) {
      shell.out(JSON.stringify({ findings }));
    } else {
      for (const finding of findings) shell.out(findingLine(finding));
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      const what = [
        counted(Object.keys(source.rules).length, 'rule'),
        counted(Object.keys(source.lists).length, 'list'),
        counted(Object.keys(source.conditions).length, 'shared condition'),
      ].join(', ');
      shell.out(`${what}: ${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`);
    }
    return broken ? 1 : 0;
  },
});
