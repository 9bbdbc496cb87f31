import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { canonicalize, type WrittenBundle } from '../../rulebooks/canonical.ts';
import type { Build } from '../../settings/build.ts';
import { defineCommand, type ExitCode, RULES_OPTION, Text } from '../command.ts';
import { checkRules, counted, findingLine } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { readBuild } from '../worker/build-info.ts';
import { deployedRulesLine } from '../worker/deployed-rules.ts';

/** Where the Worker's `#rulebook` and `#build` lie (package.json, "imports"). */
const generated = ({ home }: Pick<Shell, 'home'>, name: 'rulebook' | 'build'): string =>
  join(home, '.wrangler', `${name}.json`);

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
  const file = generated(shell, 'rulebook');
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (shell.env[KEEP_BUNDLE] !== undefined && before !== undefined) return 0;
  const checked = await checkRules(rules, shell);
  if (checked.broken) {
    const errors = checked.findings.filter(({ severity }) => severity === 'error').map(findingLine);
    for (const line of errors) shell.err(line);
    // A build that fails makes `wrangler dev` hold back every request until the next one succeeds.
    const keep = shell.env.WRANGLER_COMMAND === 'dev' && before !== undefined;
    shell.err(keep ? 'The last good rules stay in force.' : 'Nothing was bundled.');
    if (keep) await writeBuild(errors, shell);
    return keep ? 0 : 1;
  }
  await writeBuild([], shell);
  const canonical = await canonicalize(checked.source);
  const { version } = canonical;
  const written: WrittenBundle = { ...canonical, files: JSON.stringify(checked.texts) };
  const text = `${JSON.stringify(written)}\n`;
  if (shell.env.WRANGLER_COMMAND === 'deploy') shell.out(await deployedRulesLine(version, shell));
  if (text === before) return 0;
  await replaceFile(file, text);
  shell.out(`${counted(Object.keys(checked.source.rules).length, 'rule')} bundled`);
  return 0;
}

/** Writes version, commit and the errors that kept the last good rules, for `/healthz`, `/metrics` and activations. */
async function writeBuild(errors: readonly string[], shell: Shell): Promise<void> {
  const file = generated(shell, 'build');
  const build: Build = { ...(await readBuild(shell)), errors };
  const text = `${JSON.stringify(build)}\n`;
  if (text !== (await readFile(file, 'utf8').catch(() => undefined))) await replaceFile(file, text);
}

/** Replaces a file at once: wrangler may read it at any time. */
async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
