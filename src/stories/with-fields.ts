import { isRecord } from '../callbacks/shapes/parts.ts';

/** A copy of a body with some fields set, by their dotted paths. @throws Error where a path leads through a text */
export function withFields(
  body: Record<string, unknown>,
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.entries(fields).reduce(
    (copy, [path, value]) => withField(copy, path.split('.'), value, path),
    body,
  );
}

function withField(
  body: Record<string, unknown>,
  [key = '', ...rest]: readonly string[],
  value: unknown,
  path: string,
): Record<string, unknown> {
  if (rest.length === 0) return { ...body, [key]: value };
  const inner = Object.hasOwn(body, key) ? body[key] : {};
  if (!isRecord(inner)) throw new Error(`"set": ${path}: "${key}" holds no fields`);
  return { ...body, [key]: withField(inner, rest, value, path) };
}
