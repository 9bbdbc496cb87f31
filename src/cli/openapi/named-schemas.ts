import { globSync } from 'node:fs';
import { join } from 'node:path';
import { resolver } from 'hono-openapi';
import type * as v from 'valibot';
import type { operations } from '../../api/index.ts';

type Json = Readonly<Record<string, unknown>>;
type Operations = typeof operations;

const API = join(import.meta.dirname, '..', '..', 'api');

/**
 * Returns an OpenAPI document whose schemas of objects are components with names: those that `src/api` exports by a name in
 * PascalCase, and `<Operation>Request` and `<Operation>Response` for the others at the top of a body.
 */
export async function nameSchemas(document: object, operations: Operations): Promise<object> {
  const names = await exportedSchemas();
  const schemas = new Map<string, unknown>();
  const place = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(place);
    if (!isObject(value)) return value;
    const name = names.get(keyOf(value));
    if (name !== undefined) return named(name, value);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, place(inner)]));
  };
  const named = (name: string, schema: Json): Json => {
    if (!schemas.has(name)) {
      // Set first: a schema may contain itself.
      schemas.set(name, undefined);
      const entries = Object.entries(schema).map(([key, inner]) => [key, place(inner)]);
      schemas.set(name, Object.fromEntries(entries));
    }
    return { $ref: `#/components/schemas/${name}` };
  };
  for (const { schema, name } of topSchemas(document, operations)) {
    const key = keyOf(schema);
    if (isObject(schema) && worthNaming(schema) && !names.has(key)) names.set(key, name);
  }
  const placed = place(document);
  if (!isObject(placed)) return document;
  const components = isObject(placed.components) ? placed.components : {};
  const sorted = [...schemas].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { ...placed, components: { ...components, schemas: Object.fromEntries(sorted) } };
}

/** Returns the names of the schemas that `src/api` exports, by the key of their JSON Schema. */
async function exportedSchemas(): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const file of globSync('**/*.ts', { cwd: API }).toSorted()) {
    const exported: Json = await import(join(API, file));
    for (const [name, value] of Object.entries(exported)) {
      if (!/^[A-Z][A-Za-z]+$/.test(name) || !isSchema(value)) continue;
      const { schema } = await resolver(value)
        .toOpenAPISchema()
        .catch(() => ({ schema: {} }));
      const key = keyOf(schema);
      if (worthNaming(schema) && !names.has(key)) names.set(key, name);
    }
  }
  return names;
}

/** The schemas of the bodies, each with the name that it gets if it has none. */
function topSchemas(document: object, operations: Operations) {
  const paths = Reflect.get(document, 'paths');
  return operations.flatMap(({ name, method, path }) => {
    const described = at(paths, path.replace(/:(\w+)/g, '{$1}'), method);
    const title = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    const content = (...keys: string[]) => at(described, ...keys, 'content', 'application/json');
    return [
      { name: `${title}Request`, schema: at(content('requestBody'), 'schema') },
      ...['200', '201', '202'].map((status) => ({
        name: `${title}Response`,
        schema: at(content('responses', status), 'schema'),
      })),
    ];
  });
}

const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSchema = (value: unknown): value is v.GenericSchema =>
  isObject(value) && value.kind === 'schema';

/** A schema of an object with members, or of alternatives. A list, a text or a number needs no name. */
const worthNaming = (schema: object): boolean => {
  const { properties, anyOf, enum: values }: Json = { ...schema };
  return (
    (isObject(properties) && Object.keys(properties).length > 0) ||
    Array.isArray(anyOf) ||
    Array.isArray(values)
  );
};

/** A text that is the same for schemas that are the same, whatever the order of their members. */
const keyOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [two]) => (one < two ? -1 : 1)))
      : inner,
  ) ?? '';
