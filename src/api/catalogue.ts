import * as v from 'valibot';
import { defineOperation } from './operation.ts';

/** A JSON Schema. */
const Schema = v.record(v.string(), v.unknown());

/** Everything rules and alerts may be made of, as data: what consoles and editors draw on. */
const Catalogue = v.object({
  triggers: v.array(
    v.object({ name: v.string(), description: v.string(), keys: v.array(v.string()) }),
  ),
  facts: v.array(v.looseObject({ name: v.string(), type: v.string(), description: v.string() })),
  operators: v.array(
    v.object({
      name: v.string(),
      negation: v.string(),
      description: v.string(),
      /** A named list may stand for the value. */
      takesList: v.boolean(),
      /** For each type of fact that suits, what the value must be. */
      values: v.record(v.string(), Schema),
    }),
  ),
  actions: v.array(
    v.looseObject({
      name: v.string(),
      kind: v.picklist(['state', 'effect', 'record']),
      description: v.string(),
      params: Schema,
    }),
  ),
  destinations: v.array(v.object({ type: v.string(), description: v.string(), config: Schema })),
});

export const readCatalogue = defineOperation({
  name: 'readCatalogue',
  method: 'get',
  path: '/v1/catalogue',
  role: 'read',
  summary: 'What a rule may be made of',
  description:
    'Triggers, facts, operators, actions and destinations of this version, with JSON Schemas of what they take.',
  responses: { 200: { description: 'The vocabulary.', content: Catalogue } },
});

export const operations = [readCatalogue] as const;
