import * as v from 'valibot';
import { defineOperation } from '../operation.ts';

/** A JSON Schema. */
const Schema = v.record(v.string(), v.unknown());

/** The vocabulary of rules and alerts as data, for consoles and editors. */
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
      /** Whether a named list may be the value. */
      takesList: v.boolean(),
      /** The schema of the value for each suitable type of fact. */
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
  summary: 'Vocabulary of rules and alerts',
  description:
    'Triggers, facts, operators, actions and destinations of this version, with JSON Schemas of their values and params.',
  responses: {
    304: { description: 'The caller has it already (`If-None-Match`).' },
    200: { description: 'The vocabulary.', content: Catalogue },
  },
});

export const operations = [readCatalogue] as const;
