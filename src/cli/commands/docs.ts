import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { defineCommand, Flag, RULES_OPTION, Text } from '../command.ts';
import { fillRegions } from '../docs/regions.ts';
import { rulePages } from '../docs/rule-pages.ts';
import {
  actionsTable,
  factsTable,
  findingsTable,
  operatorsTable,
  ruleTable,
  settingsTable,
} from '../docs/tables.ts';
import { checkRules, rulesFolder, shown } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';

/**
 * `docs`: what can be read of the lists and the rules is drawn from them, and `--check` holds it
 * current.
 */
export const docs = defineCommand({
  usage: 'docs',
  description: 'Write the reference pages, and RULES.md into the rules folder.',
  examples: ['docs', 'docs --check'],
  failsIf: 'with --check, a page is outdated',
  options: [
    RULES_OPTION,
    { flags: '--check', description: 'write nothing; fail if a page is outdated' },
  ],
  input: v.object({ rules: Text, check: Flag }),
  async run({ rules, check }, shell) {
    const { rulebook, source } = await checkRules(rules, shell);
    const pages = new Map([
      [join(rulesFolder(rules, shell), 'README.md'), async () => rulePages(rulebook, source)],
    ]);
    // Rules of another folder have nothing to say about the project's own README.
    const readme = join(shell.home, 'README.md');
    if (rules === undefined)
      pages.set(readme, async () => fillRegions(await readFile(readme, 'utf8'), tables()));
    let stale = 0;
    for (const [file, draw] of pages)
      stale += Number(await bringUp(file, await draw(), check, shell));
    return check && stale > 0 ? 1 : 0;
  },
});

const tables = (): Readonly<Record<string, string>> => ({
  rule: ruleTable(),
  facts: factsTable(),
  operators: operatorsTable(),
  actions: actionsTable(),
  settings: settingsTable(),
  findings: findingsTable(),
});

/** Brings a file up to date, or only says that it is not. Tells whether it was stale. */
async function bringUp(file: string, text: string, check: boolean, shell: Shell): Promise<boolean> {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  const stale = before !== text;
  if (stale && !check) await writeFile(file, text);
  const what = !stale
    ? 'is current'
    : check
      ? 'is not current: run "npm run -s signalbox -- docs"'
      : 'written';
  shell.out(`${shown(file, shell)} ${what}`);
  return stale;
}
