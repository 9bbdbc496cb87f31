import { join } from 'node:path';
import * as v from 'valibot';
import { defineCommand, RULES_OPTION, Text } from '../command.ts';
import { rulesFolder, shown } from '../rules/checked-rules.ts';
import { readRulesFolder } from '../rules/rules-folder.ts';
import { writeSchemas } from '../rules/schema-file.ts';

/** `schema`: writes the JSON Schemas by which editors check the files of a rules folder. */
export const schema = defineCommand({
  usage: 'schema',
  description: 'Write the *.schema.json files that editors use to complete and check rule files.',
  examples: ['schema'],
  failsIf: 'a file cannot be written',
  options: [RULES_OPTION],
  input: v.object({ rules: Text }),
  async run({ rules }, shell) {
    const folder = rulesFolder(rules, shell);
    const { source } = await readRulesFolder(folder);
    for (const { name, state } of await writeSchemas(folder, source))
      shell.out(
        `${shown(join(folder, name), shell)} ${state === 'current' ? 'is current' : 'written'}`,
      );
    return 0;
  },
});
