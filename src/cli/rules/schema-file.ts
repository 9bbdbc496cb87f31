import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actions } from '../../actions/index.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import type { RulebookSource } from '../../rules/model/rule.ts';
import { Guardrail } from '../../rules/prove/guardrail.ts';
import type { Schema } from '../../rules/schema/convert.ts';
import {
  expectationSchema,
  listSchema,
  type Names,
  ruleSchema,
  sharedConditionSchema,
} from '../../rules/schema/rule-schema.ts';
import { Story } from '../../stories/story.ts';
import { alertsSchema } from '../schemas/alerts-schema.ts';

/**
 * The files in a rules folder that editors complete by: one for each kind of file that people edit.
 */
const RULE = 'rule.schema.json';
const SCHEMAS: Readonly<Record<string, (names: Names) => Schema>> = {
  [RULE]: (names) => ruleSchema(actions, names),
  'condition.schema.json': () => sharedConditionSchema(RULE),
  'list.schema.json': listSchema,
  'alerts.schema.json': alertsSchema,
  'guardrail.schema.json': () => expectationSchema('A guardrail of Signalbox', Guardrail, actions),
  'story.schema.json': () => expectationSchema('A story of Signalbox', Story, actions),
};

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
  { lists, conditions }: Pick<RulebookSource, 'lists' | 'conditions'>,
): Promise<readonly SchemaFile[]> {
  const names = { lists: namesIn(lists), conditions: namesIn(conditions) };
  return Promise.all(
    Object.entries(SCHEMAS).map(async ([name, schemaOf]) => {
      const text = `${JSON.stringify(schemaOf(names), undefined, 2)}\n`;
      const lying = await readFile(join(folder, name), 'utf8').catch(() => undefined);
      return {
        name,
        text,
        state: lying === undefined ? 'missing' : lying === text ? 'current' : 'stale',
      };
    }),
  );
}

const namesIn = (sources: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.values(sources).flatMap((source) =>
    isRecord(source) && typeof source.name === 'string' ? source.name : [],
  );
