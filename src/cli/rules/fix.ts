import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actions } from '../../actions/index.ts';
import { alertFindings } from '../../alerts/findings.ts';
import { unmatched } from '../../alerts/unmatched.ts';
import { correct } from '../../authoring/fix-file.ts';
import { analyse } from '../../rules/check/index.ts';
import { compile } from '../../rules/compile/compile.ts';
import type { Finding } from '../../rules/model/finding.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import { readGuardrails } from '../../rules/prove/guardrail.ts';
import type { Shell } from '../shell.ts';
import { rulesFolder, shown } from './checked-rules.ts';
import { readRulesFolder } from './rules-folder.ts';
import { schemaFiles } from './schema-file.ts';

/**
 * Applies all safe fixes and returns one line per fix.
 * @throws AppError `not_found` where there is no such folder
 */
export async function fixRules(
  rules: string | undefined,
  shell: Shell,
): Promise<readonly string[]> {
  const folder = rulesFolder(rules, shell);
  const done: string[] = [];
  for (let round = 0; round < 50; round++) {
    const { source } = await readRulesFolder(folder);
    const { rulebook, findings } = compile(source, actions, 'local');
    const all = [
      ...findings,
      ...alertFindings(source.alerts),
      ...unmatched(source),
      ...readGuardrails(source.guardrails, actions).findings,
      ...(await analyse(source, rulebook)),
    ];
    const words = await firstFix(all, source, folder);
    if (words === undefined) break;
    done.push(`${shown(join(folder, words.file), shell)} ${words.what}`);
  }
  const { source } = await readRulesFolder(folder);
  for (const { name, text, state } of await schemaFiles(folder, source)) {
    if (state !== 'stale') continue;
    const file = join(folder, name);
    await writeFile(file, text);
    done.push(`${shown(file, shell)} schema-not-current: written anew`);
  }
  return done;
}

/** Corrects the first finding that can be; the places of the others may have moved by it. */
async function firstFix(findings: readonly Finding[], source: RulebookSource, folder: string) {
  for (const finding of findings) {
    const file = join(folder, finding.file);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const corrected = text === undefined ? undefined : correct(text, finding, source);
    if (!corrected) continue;
    await writeFile(file, corrected.text);
    return { file: finding.file, what: corrected.what };
  }
  return undefined;
}
