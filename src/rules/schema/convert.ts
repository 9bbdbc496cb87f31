import { type ConversionConfig, type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { isRecord } from '../../callbacks/shapes/parts.ts';

/** A JSON Schema, draft 2020-12, with extensions that editors support: `enumDescriptions`, `errorMessage`. */
export interface Schema {
  readonly [key: string]: unknown;
}

/** Replaces an inner schema. */
export type Override = NonNullable<ConversionConfig['overrideSchema']>;

/**
 * Converts a valibot schema to a JSON Schema of its input. `check` covers what JSON Schema cannot express. The caller adds
 * definitions and overrides recursive schemas.
 */
export function convert(schema: v.GenericSchema, overrideSchema?: Override): Schema {
  const {
    $schema: _,
    $defs: __,
    ...converted
  } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
    overrideAction: ({ valibotAction: action, jsonSchema }) =>
      action.type === 'regex' && 'message' in action && typeof action.message === 'string'
        ? withWords(jsonSchema, action.message)
        : undefined,
    ...(overrideSchema && { overrideSchema }),
  });
  return converted;
}

/** Editors show the pattern's own words instead of the pattern. */
const withWords = (schema: JsonSchema, words: string): JsonSchema =>
  Object.assign(schema, { patternErrorMessage: words });

/** One of these names, each with a line of its own. */
export const oneOf = (
  entries: readonly { readonly name: string; readonly description: string }[],
): Schema => ({
  type: 'string',
  enum: entries.map(({ name }) => name),
  enumDescriptions: entries.map(({ description }) => description),
});

/** Any text; these are proposed. */
export const suggested = (names: readonly string[]): Schema =>
  names.length === 0 ? { type: 'string' } : { type: 'string', examples: [...names] };

/** "Where this key is one of these names": a pattern, because editors propose whatever stands in an `enum`. */
export const where = (key: string, names: readonly string[]): Schema => ({
  properties: { [key]: { pattern: `^(?:${names.join('|')})$` } },
  required: [key],
});

/** The schemas of an object's keys. */
export const partsOf = ({ properties }: Schema): Readonly<Record<string, unknown>> =>
  isRecord(properties) ? properties : {};
