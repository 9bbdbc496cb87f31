import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemasOf } from '../../authoring/schemas.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';

/** A schema as it belongs into a folder. */
export interface SchemaFile {
  readonly name: string;
  readonly text: string;
  /** What lies there: the same, something else, or nothing. */
  readonly state: 'current' | 'stale' | 'missing';
}

/**
 * The schemas of a rules folder, with the names of its lists and shared conditions, and whether
 * they lie there.
 */
export async function schemaFiles(
  folder: string,
  source: Pick<RulebookSource, 'lists' | 'conditions'>,
): Promise<readonly SchemaFile[]> {
  return Promise.all(
    Object.entries(schemasOf(source)).map(async ([name, schema]) => {
      const text = `${JSON.stringify(schema, undefined, 2)}\n`;
      const lying = await readFile(join(folder, name), 'utf8').catch(() => undefined);
      return {
        name,
        text,
        state: lying === undefined ? 'missing' : lying === text ? 'current' : 'stale',
      };
    }),
  );
}

/** Writes the schemas of a rules folder that are missing or stale, and returns all. */
export async function writeSchemas(
  folder: string,
  source: Pick<RulebookSource, 'lists' | 'conditions'>,
): Promise<readonly SchemaFile[]> {
  const files = await schemaFiles(folder, source);
  for (const { name, text, state } of files)
    if (state !== 'current') await writeFile(join(folder, name), text);
  return files;
}
