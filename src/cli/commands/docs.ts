import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import * as v from 'valibot';
import { defineCommand, Flag, RULES_OPTION, Text } from '../command.ts';
import { referencePages } from '../docs/index.ts';
import { render } from '../docs/page.ts';
import { rulePages } from '../docs/rule-pages.ts';
import { readSources } from '../docs/sources.ts';
import { checkRules, rulesFolder, shown } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';

/**
 * `docs`: writes `docs/reference/` from the definitions, and the rules as sentences into
 * `RULES.md` of the rules folder. Rules belong to the people who run Signalbox, so an outdated
 * RULES.md never fails `--check`; an outdated reference page does.
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
  describesAll: true,
  async run({ rules, check }, shell, program) {
    const { rulebook, source } = await checkRules(rules, shell);
    const sentences = join(rulesFolder(rules, shell), 'RULES.md');
    await bringUpToDate(sentences, rulePages(rulebook, source), check, shell);
    // Rules of another folder change nothing in the project's own reference.
    if (rules !== undefined) return 0;
    let outdated = 0;
    for (const [file, text] of await pages(shell, program))
      outdated += Number(await bringUpToDate(file, text, check, shell));
    return check && outdated > 0 ? 1 : 0;
  },
});

async function pages({ home }: Shell, program: Command): Promise<ReadonlyMap<string, string>> {
  const context = {
    program,
    sources: await readSources(home),
    wrangler: await readFile(join(home, 'wrangler.toml'), 'utf8'),
  };
  return new Map(
    referencePages.map((page) => [
      join(home, 'docs', 'reference', `${page.name}.md`),
      render(page, context),
    ]),
  );
}

/** Writes a file, or with `check` only reports it. Returns whether it was outdated. */
async function bringUpToDate(
  file: string,
  text: string,
  check: boolean,
  shell: Shell,
): Promise<boolean> {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  const outdated = before !== text;
  if (outdated && !check) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (!outdated) shell.out(`${shown(file, shell)} is current`);
  else if (check)
    shell.out(`${shown(file, shell)} is outdated: run "npm run -s signalbox -- docs"`);
  else shell.out(`${shown(file, shell)} written`);
  return outdated;
}
