import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonSource, readJsonBytes } from '../../authoring/json-source.ts';
import { type RuleFiles, SUBFOLDERS, sortFiles } from '../../authoring/rule-files.ts';
import { AppError } from '../../errors.ts';

/** `rules/` as it lies on disk. */
export type RulesFolder = RuleFiles;

/**
 * Reads a rules folder: every `*.json` directly in it is a rule, `lists/` and `conditions/` hold what rules share.
 * @throws AppError `not_found` where there is no such folder
 */
export async function readRulesFolder(folder: string): Promise<RulesFolder> {
  const files = new Map<string, JsonSource>();
  for (const under of SUBFOLDERS) {
    for (const name of await jsonFilesIn(folder, under)) {
      files.set(name, readJsonBytes(name, await readFile(join(folder, name))));
    }
  }
  return sortFiles(files);
}

async function jsonFilesIn(folder: string, under: string): Promise<string[]> {
  try {
    const entries = await readdir(join(folder, under), { withFileTypes: true });
    const names = entries
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.json'))
      .map(({ name }) => name);
    return names.sort().map((name) => (under ? `${under}/${name}` : name));
  } catch (cause) {
    // Folders in it may be left out.
    if (under) return [];
    throw new AppError('not_found', `there is no folder ${folder} to read rules from`, { cause });
  }
}
