import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actions } from '../actions/index.ts';
import { isRecord } from '../callbacks/parts.ts';
import type { RulebookSource } from '../rules/rule.ts';
import { ruleSchema } from '../rules/schema/rule-schema.ts';

/** The file in a rules folder that editors complete by. */
export const SCHEMA_FILE = 'rule.schema.json';

/** The schema of a rule, as it belongs into the folder: with the names of its lists and shared conditions. */
export function schemaText({ lists, conditions }: Pick<RulebookSource, 'lists' | 'conditions'>): string {
  const schema = ruleSchema(actions, { lists: namesIn(lists), conditions: namesIn(conditions) });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

const namesIn = (sources: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.values(sources).flatMap((source) => (isRecord(source) && typeof source.name === 'string' ? source.name : []));

/** Whether the folder's schema is current; `undefined` where it has none. */
export async function isSchemaCurrent(folder: string, source: RulebookSource): Promise<boolean | undefined> {
  const text = await readFile(join(folder, SCHEMA_FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : text === schemaText(source);
}
