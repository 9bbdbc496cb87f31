import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rulePages } from '../docs/rule-pages.ts';
import type { Shell } from '../shell.ts';
import { type CheckedRules, shown } from './checked-rules.ts';

/**
 * Writes `RULES.md` of a rules folder: its rules as sentences. An unchanged page is left alone. A
 * folder that cannot be written to gets a message, because the page is for reading only.
 */
export async function writeRulesPage(checked: CheckedRules, shell: Shell): Promise<void> {
  const file = join(checked.folder, 'RULES.md');
  const text = rulePages(checked.rulebook, checked.source);
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return;
  try {
    await writeFile(file, text);
  } catch {
    shell.err(`${shown(file, shell)} could not be written: is the folder read-only?`);
  }
}
