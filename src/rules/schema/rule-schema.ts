import { triggers } from '../../callbacks/index.ts';
import { triggerNames } from '../facts.ts';
import { ActionCall, Condition, Rule } from '../rule.ts';
import type { ActionWords } from '../vocabulary.ts';
import { comparisonClauses, factSchema } from './comparison.ts';
import { convert, type Override, oneOf, partsOf, type Schema, suggested, where } from './convert.ts';

/** What a rules folder has names for: proposed where a rule may write one. */
export interface Names {
  readonly lists: readonly string[];
  readonly conditions: readonly string[];
}

/** The JSON Schema of a rule, for editors: what `check` knows, as far as a schema can say it. */
export function ruleSchema(actions: readonly ActionWords[], names: Names): Schema {
  const rule = convert(Rule, reference);
  const properties = partsOf(rule);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A rule of Signalbox',
    ...rule,
    properties: { ...properties, on: { ...Object(properties.on), items: triggerSchema() } },
    $defs: { condition: conditionSchema(names), action: actionSchema(actions) },
  };
}

/** Conditions and actions are written out by hand below, because their names decide what may stand beside them. */
const reference: Override = ({ valibotSchema }) => {
  if (valibotSchema === Condition) return { $ref: '#/$defs/condition' };
  return valibotSchema === ActionCall ? { $ref: '#/$defs/action' } : undefined;
};

const triggerSchema = (): Schema =>
  oneOf(
    triggerNames.map((name) => ({
      name,
      description: triggers.find((trigger) => trigger.name === name)?.description ?? 'Whatever nobody here knows yet.',
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
      not: { $ref: '#/$defs/condition', description: 'This must not hold. On a missing fact it does not hold either.' },
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

const actionSchema = (actions: readonly ActionWords[]): Schema => ({
  type: 'object',
  properties: {
    action: { ...oneOf(actions), description: 'What to do.' },
    params: { type: 'object', description: 'How to do it.' },
  },
  required: ['action'],
  additionalProperties: false,
  allOf: actions.map(({ name, params }) => {
    const schema = convert(params);
    return {
      if: where('action', [name]),
      then: { properties: { params: schema }, ...(hasNeeds(schema) && { required: ['params'] }) },
    };
  }),
});

const hasNeeds = ({ required }: Schema): boolean => Array.isArray(required) && required.length > 0;
