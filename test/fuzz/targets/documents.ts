import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = resolve(import.meta.dirname, '..', '..', '..');

/** The JSON files of a folder of the project, parsed. */
export const documentsIn = (folder: string): readonly unknown[] =>
  namesIn(folder).map((name) => JSON.parse(readFileSync(join(PROJECT, folder, name), 'utf8')));

/** The JSON files of a folder of the project by name, parsed. */
export const filesIn = (folder: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    namesIn(folder).map((name) => [
      name,
      JSON.parse(readFileSync(join(PROJECT, folder, name), 'utf8')),
    ]),
  );

const namesIn = (folder: string): readonly string[] =>
  globSync('*.json', { cwd: join(PROJECT, folder) })
    .filter((name) => !name.endsWith('.schema.json'))
    .sort();
