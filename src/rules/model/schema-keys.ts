import type * as v from 'valibot';
import { isRecord } from '../../callbacks/shapes/parts.ts';

/** A schema in the parts that this walk reads. valibot's generic type has none of them. */
interface Parts {
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
