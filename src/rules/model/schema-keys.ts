import type * as v from 'valibot';
import { isRecord } from '../../callbacks/shapes/parts.ts';

/** A schema in the parts that this walk reads. valibot's generic type has none of them. */
interface Parts {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly pipe?: readonly v.GenericSchema[];
  readonly wrapped?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly options?: readonly v.GenericSchema[];
  readonly getter?: (input: unknown) => v.GenericSchema;
}

/** Returns the keys that a schema allows at a path, for did-you-mean. Empty where it allows any. */
export const keysAt = (
  schema: v.GenericSchema,
  path: readonly (string | number)[],
  input?: unknown,
): readonly string[] => Object.keys(entriesAt(schema, path, input));

/** Returns the schemas of the keys that a schema allows at a path. `input` is the value that was read. */
export function entriesAt(
  schema: v.GenericSchema,
  path: readonly (string | number)[],
  input?: unknown,
): Readonly<Record<string, v.GenericSchema>> {
  const { entries, pipe, wrapped, item, value, options, getter } = schema as Parts; // as above
  const inside = (next: v.GenericSchema | undefined) => (next ? entriesAt(next, path, input) : {});
  const [first, ...rest] = path;
  const child =
    first !== undefined && typeof input === 'object' && input !== null
      ? Reflect.get(input, first)
      : undefined;
  if (entries) {
    if (first === undefined) return entries;
    const next = Object.hasOwn(entries, first) ? entries[first] : undefined;
    return next ? entriesAt(next, rest, child) : {};
  }
  if (pipe?.[0] && pipe[0] !== schema) return inside(pipe[0]);
  if (wrapped) return inside(wrapped);
  if (getter) return inside(getter(input));
  if (options) return Object.assign({}, ...options.map((option) => inside(option)));
  const next = item ?? value;
  return next && first !== undefined ? entriesAt(next, rest, child) : {};
}

/** The values that a schema takes, or examples of them, of each step of its pipe. */
export function knownValues(schema: unknown): readonly unknown[] {
  if (!isRecord(schema)) return [];
  if (schema.type === 'picklist' && Array.isArray(schema.options)) return schema.options;
  if (schema.type === 'examples' && Array.isArray(schema.examples)) return schema.examples;
  if (Array.isArray(schema.pipe)) return schema.pipe.flatMap(knownValues);
  if (isRecord(schema.wrapped)) return knownValues(schema.wrapped);
  return Array.isArray(schema.options) ? schema.options.flatMap(knownValues) : [];
}

const OBJECTS: readonly (string | undefined)[] = [
  'object',
  'loose_object',
  'strict_object',
  'record',
];

/** Returns the paths at which a list stands in place of an object: valibot takes it for an object with the keys 0, 1, 2. */
export function listsForObjects(
  schema: v.GenericSchema,
  input: unknown,
): readonly (readonly (string | number)[])[] {
  const { type, entries, pipe, wrapped, item, value, getter } = schema as Parts; // as above
  const inner = pipe?.[0] !== schema ? (pipe?.[0] ?? wrapped ?? getter?.(input)) : undefined;
  if (inner) return listsForObjects(inner, input);
  if (Array.isArray(input) && OBJECTS.includes(type)) return [[]];
  const children = Array.isArray(input)
    ? input.entries()
    : isRecord(input)
      ? Object.entries(input)
      : [];
  return [...children].flatMap(([key, child]) => {
    const own = entries && Object.hasOwn(entries, key) ? entries[key] : undefined;
    const next = own ?? item ?? value;
    return next ? listsForObjects(next, child).map((path) => [key, ...path]) : [];
  });
}
