import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { rulesFolder, shown } from './checked-rules.ts';
import { defineCommand, RULES_OPTION, Text } from './command.ts';
import { readRulesFolder } from './rules-folder.ts';
import { isSchemaCurrent, SCHEMA_FILE, schemaText } from './schema-file.ts';

/** `schema`: what editors complete and mark rules by. */
export const schema = defineCommand({
  usage: 'schema',
  description: `write ${SCHEMA_FILE}, by which editors complete rules and mark mistakes`,
  options: [RULES_OPTION],
  input: v.object({ rules: Text }),
  async run({ rules }, shell) {
    const folder = rulesFolder(rules, shell);
    const { source } = await readRulesFolder(folder);
    const file = join(folder, SCHEMA_FILE);
    const current = await isSchemaCurrent(folder, source);
    if (!current) await writeFile(file, schemaText(source));
    shell.out(`${shown(file, shell)} ${current ? 'is current' : 'written'}`);
    return 0;
  },
});
