import { isRecord } from '../../callbacks/shapes/parts.ts';
import { formatList } from '../../rules/model/format.ts';
import { partsOf, type Schema } from '../../rules/schema/convert.ts';
import { code } from './markdown.ts';

/** Returns the names of the keys that an object schema requires. */
export const requiredKeys = ({ required }: Schema): readonly unknown[] =>
  Array.isArray(required) ? required : [];

/** Returns the keys of an object schema in words: `` `to` (required; like `10/minute`) ``. */
export function describeKeys(schema: Schema, leaveOut: readonly string[] = []): string {
  const required = requiredKeys(schema);
  const words = Object.entries(partsOf(schema))
    .filter(([key]) => !leaveOut.includes(key))
    .map(([key, part]) => {
      const about = describeValue(part, required.includes(key));
      return `${code(key)}${about ? ` (${about})` : ''}`;
    });
  return words.length === 0 ? 'none' : words.join(', ');
}

/** Returns in words what a key takes: ``required; like `10/minute` ``. */
export function describeValue(schema: unknown, required: boolean): string {
  const words = required ? ['required'] : [];
  if (!isRecord(schema)) return words.join('; ');
  const { enum: values, examples, minimum, maximum, default: standard } = schema;
  if (Array.isArray(values)) words.push(formatList(values.map((value) => code(String(value)))));
  else if (Array.isArray(examples)) words.push(`like ${code(String(examples[0]))}`);
  else if (minimum !== undefined && maximum !== undefined) words.push(`${minimum} to ${maximum}`);
  else if (isRecord(schema.properties) && 'secret' in schema.properties)
    words.push('the name of a secret: `{"secret": "DEST_…"}`');
  if (standard !== undefined && typeof standard !== 'object' && standard !== '')
    words.push(`default ${code(String(standard))}`);
  return words.join('; ');
}
