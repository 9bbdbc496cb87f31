import { actions } from '../actions/index.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import type { RulebookSource } from '../rules/model/rule.ts';
import { Guardrail } from '../rules/prove/guardrail.ts';
import type { Schema } from '../rules/schema/convert.ts';
import {
  expectationSchema,
  listSchema,
  type Names,
  ruleSchema,
  sharedConditionSchema,
} from '../rules/schema/rule-schema.ts';
import { Story } from '../stories/story.ts';
import { alertsSchema } from './alerts-schema.ts';

const RULE = 'rule.schema.json';

/** The schemas that editors complete by: one for each kind of file that people edit. */
const SCHEMAS: Readonly<Record<string, (names: Names) => Schema>> = {
  [RULE]: (names) => ruleSchema(actions, names),
  'condition.schema.json': () => sharedConditionSchema(RULE),
  'list.schema.json': listSchema,
  'alerts.schema.json': alertsSchema,
  'guardrail.schema.json': () => expectationSchema('A guardrail of Signalbox', Guardrail, actions),
  'story.schema.json': () => expectationSchema('A story of Signalbox', Story, actions),
};

/** Which schema each folder of `rules/` goes by. */
const BY_ROOM: Readonly<Record<string, string>> = {
  lists: 'list.schema.json',
  conditions: 'condition.schema.json',
  guardrails: 'guardrail.schema.json',
  tests: 'story.schema.json',
};

/** The name of the schema that a file goes by. */
export const schemaNameOf = (file: string): string =>
  file === 'alerts.json' ? 'alerts.schema.json' : (BY_ROOM[file.split('/')[0] ?? ''] ?? RULE);

/** All schemas by file name, with the names of the rulebook's lists and shared conditions. */
export function schemasOf({
  lists,
  conditions,
}: Pick<RulebookSource, 'lists' | 'conditions'>): Readonly<Record<string, Schema>> {
  const names = { lists: namesIn(lists), conditions: namesIn(conditions) };
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schemaOf]) => [name, schemaOf(names)]),
  );
}

const namesIn = (sources: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.values(sources).flatMap((source) =>
    isRecord(source) && typeof source.name === 'string' ? source.name : [],
  );
