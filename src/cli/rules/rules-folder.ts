import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import { type JsonSource, readJsonBytes } from './json-source.ts';

/** Files in `rules/` that are no rules. */
const ALERTS = 'alerts.json';
/**
 * Where files are read: rules directly in the folder, what they share and what proves them beside.
 */
export const SUBFOLDERS: readonly string[] = ['', 'lists', 'conditions', 'guardrails', 'tests'];
const isNoRule = (name: string): boolean => name === ALERTS || name.endsWith('.schema.json');

/**
 * `rules/` as it lies on disk: what decides, still unchecked, and each file's text for showing what
 * is wrong where.
 */
export interface RulesFolder {
  readonly source: RulebookSource;
  /** `tests/`: stories. They prove the rules and are no part of them. */
  readonly stories: Readonly<Record<string, unknown>>;
  /** By the file's name relative to the folder. */
  readonly files: ReadonlyMap<string, JsonSource>;
}

/**
 * Reads a rules folder: every `*.json` directly in it is a rule, `lists/` and `conditions/` hold
 * what rules share.
 * A file that is not JSON is in `files`, with its finding, but not in `source`; a list or a
 * condition is there as `null`: it has an error, it is not unknown.
 * @throws AppError `not_found` where there is no such folder
 */
export async function readRulesFolder(folder: string): Promise<RulesFolder> {
  const files = new Map<string, JsonSource>();
  for (const under of SUBFOLDERS) {
    for (const name of await jsonFilesIn(folder, under)) {
      files.set(name, readJsonBytes(name, await readFile(join(folder, name))));
    }
  }
  const values = [...files]
    .filter(([, file]) => file.value !== undefined)
    .map(([name, { value }]) => [name, value] as const);
  const under = (prefix: string) =>
    Object.fromEntries(values.filter(([name]) => name.startsWith(prefix)));
  const shared = (prefix: string) =>
    Object.fromEntries(
      [...files].flatMap(([name, { value }]) =>
        name.startsWith(prefix) ? [[name, value ?? null] as const] : [],
      ),
    );
  return {
    source: {
      rules: Object.fromEntries(values.filter(([name]) => !name.includes('/') && !isNoRule(name))),
      lists: shared('lists/'),
      conditions: shared('conditions/'),
      alerts: files.get(ALERTS)?.value,
      guardrails: under('guardrails/'),
    },
    stories: under('tests/'),
    files,
  };
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
