import type * as v from 'valibot';
import { triggers } from '../../callbacks/triggers/index.ts';
import { triggerNames } from '../model/facts.ts';
import { ActionCall, Condition, List, Rule, SharedCondition } from '../model/rule.ts';
import type { ActionDefinition } from '../model/vocabulary.ts';
import { ExpectedAction } from '../prove/expected-action.ts';
import { comparisonClauses, factSchema } from './comparison.ts';
import {
  convert,
  type Override,
  oneOf,
  partsOf,
  type Schema,
  suggested,
  where,
} from './convert.ts';

/** The names of a rules folder, which editors propose. */
export interface Names {
  readonly lists: readonly string[];
  readonly conditions: readonly string[];
}

/** Returns the JSON Schema of a rule, for editors. */
export function ruleSchema(actions: readonly ActionDefinition[], names: Names): Schema {
  const rule = convert(Rule, reference);
  const properties = partsOf(rule);
  return {
    ...titled('A rule of Signalbox', rule),
    properties: { ...properties, on: { ...Object(properties.on), items: triggerSchema() } },
    $defs: { condition: conditionSchema(names), action: actionSchema(actions) },
  };
}

/** The JSON Schema of a shared condition; what a condition may be stands in the schema of a rule, the file beside it. */
export const sharedConditionSchema = (ruleFile: string): Schema =>
  titled(
    'A shared condition of Signalbox',
    convert(SharedCondition, ({ valibotSchema }) =>
      valibotSchema === Condition ? { $ref: `${ruleFile}#/$defs/condition` } : undefined,
    ),
  );

/** The JSON Schema of a list. */
export const listSchema = (): Schema => titled('A list of Signalbox', convert(List));

/** Returns the JSON Schema of a file that expects actions: a guardrail or a story. */
export const expectationSchema = (
  title: string,
  schema: v.GenericSchema,
  actions: readonly ActionDefinition[],
): Schema => ({
  ...titled(title, convert(schema, reference)),
  $defs: { wanted: { anyOf: [{ ...oneOf(actions) }, actionSchema(actions, partly)] } },
});

/** A schema with its head. */
export const titled = (title: string, schema: Schema): Schema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title,
  ...schema,
});

/** Conditions and actions are written out by hand below, because their names decide what may stand beside them. */
const reference: Override = ({ valibotSchema }) => {
  if (valibotSchema === Condition) return { $ref: '#/$defs/condition' };
  if (valibotSchema === ExpectedAction) return { $ref: '#/$defs/wanted' };
  return valibotSchema === ActionCall ? { $ref: '#/$defs/action' } : undefined;
};

const triggerSchema = (): Schema =>
  oneOf(
    triggerNames.map((name) => ({
      name,
      description:
        triggers.find((trigger) => trigger.name === name)?.description ??
        'A callback of a type that Signalbox does not know.',
    })),
  );

const GROUPS = ['all', 'any', 'not', 'condition'] as const;

function conditionSchema({ lists, conditions }: Names): Schema {
  const several: Schema = { type: 'array', minItems: 1, items: { $ref: '#/$defs/condition' } };
  return {
    type: 'object',
    properties: {
      all: { ...several, description: 'Each of these must hold.' },
      any: { ...several, description: 'At least one of these must hold.' },
      not: {
        $ref: '#/$defs/condition',
        description: 'This must not hold. On a missing fact it does not hold either.',
      },
      condition: { ...suggested(conditions), description: 'A shared condition, by its name.' },
      fact: factSchema(),
      operator: { type: 'string', description: 'How it is compared.' },
      value: { description: 'What it is compared with.' },
      path: { type: 'string', description: 'Names and list positions joined by dots: "a.b.0".' },
    },
    additionalProperties: false,
    allOf: [
      {
        if: { anyOf: GROUPS.map((key) => ({ required: [key] })) },
        then: {
          not: { minProperties: 2 },
          errorMessage: 'Nothing may stand beside "all", "any", "not" or "condition".',
        },
        else: { required: ['fact', 'operator'] },
      },
      ...comparisonClauses(lists),
    ],
  };
}

/** Only the params that matter are named. */
const partly = ({ required: _, ...params }: Schema): Schema => params;

const actionSchema = (
  actions: readonly ActionDefinition[],
  as = (params: Schema): Schema => params,
): Schema => ({
  type: 'object',
  properties: {
    action: { ...oneOf(actions), description: 'What to do.' },
    params: { type: 'object', description: 'How to do it.' },
  },
  required: ['action'],
  additionalProperties: false,
  allOf: actions.map(({ name, params }) => {
    const schema = as(convert(params));
    return {
      if: where('action', [name]),
      then: { properties: { params: schema }, ...(hasNeeds(schema) && { required: ['params'] }) },
    };
  }),
});

const hasNeeds = ({ required }: Schema): boolean => Array.isArray(required) && required.length > 0;
