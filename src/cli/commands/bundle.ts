import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { canonicalize } from '../../rulebooks/canonical.ts';
import { defineCommand, type ExitCode, RULES_OPTION, Text } from '../command.ts';
import { checkRules, counted, findingLine } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { deployedRulesLine } from '../worker/deployed-rules.ts';

/** Where the Worker's `#rulebook` lies (package.json, "imports"). */
const bundleFile = ({ home }: Pick<Shell, 'home'>): string =>
  join(home, '.wrangler', 'rulebook.json');

/** Set by `npm start -- --practice`: the Worker keeps the rules of its start, as a deployed one does. */
export const KEEP_BUNDLE = 'SIGNALBOX_KEEP_BUNDLE';

/**
 * `bundle`: writes the rules to where the Worker imports them from. Rules
 * with an error are refused.
 * `wrangler dev` and `wrangler deploy` run it (wrangler.toml, [build]).
 */
export const bundle = defineCommand({
  usage: 'bundle',
  description:
    'Write the rules as one JSON file for the Worker. wrangler runs this before it builds.',
  examples: ['bundle'],
  failsIf: 'a rule has an error',
  options: [RULES_OPTION],
  input: v.object({ rules: Text }),
  run: ({ rules }, shell) => writeBundle(rules, shell),
});

/** Writes the bundle of a rules folder. Returns 1, and writes nothing, when a rule has an error. */
export async function writeBundle(rules: string | undefined, shell: Shell): Promise<ExitCode> {
  const file = bundleFile(shell);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (shell.env[KEEP_BUNDLE] !== undefined && before !== undefined) return 0;
  const checked = await checkRules(rules, shell);
  if (checked.broken) {
    for (const finding of checked.findings) {
      if (finding.severity === 'error') shell.err(findingLine(finding));
    }
    // A build that fails makes `wrangler dev` hold back every request until the next one succeeds.
    const keep = shell.env.WRANGLER_COMMAND === 'dev' && before !== undefined;
    shell.err(keep ? 'The last good rules stay in force.' : 'Nothing was bundled.');
    return keep ? 0 : 1;
  }
  const { version, body, examples } = await canonicalize(checked.source);
  const files = JSON.stringify(checked.texts);
  const beside = JSON.stringify({ version, examples, files }).slice(0, -1);
  const text = `${beside},${body.slice(1)}\n`;
  if (shell.env.WRANGLER_COMMAND === 'deploy') shell.out(await deployedRulesLine(version, shell));
  if (text === before) return 0;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  shell.out(`${counted(Object.keys(checked.source.rules).length, 'rule')} bundled`);
  return 0;
}
