import { isRecord } from '../callbacks/shapes/parts.ts';
import { nearestName } from '../rules/model/closest.ts';
import { lookup } from '../rules/model/facts.ts';

/**
 * Returns a hint if a dotted path is probably misspelt: a part of it is no field of the callback, and a field beside
 * it has a similar name. A field that no other resembles may be new, because samples do not have every field.
 */
export function pathMistake(body: unknown, path: string): string | undefined {
  if (lookup(body, path) !== undefined) return undefined;
  const parts = path.split('.');
  const [first = ''] = parts;
  if (parts.length === 1 && nearestName(first, keysOf(body)) === undefined) {
    // The name of a field alone, where its whole path belongs.
    const [place, ...more] = placesOf(body, first);
    return place !== undefined && more.length === 0 ? `did you mean "${place}"?` : undefined;
  }
  for (const [at, part] of parts.entries()) {
    const parent = at === 0 ? body : lookup(body, parts.slice(0, at).join('.'));
    if (typeof parent !== 'object' || parent === null) return undefined;
    if (Object.hasOwn(parent, part)) continue;
    const meant = nearestName(part, Object.keys(parent));
    if (meant === undefined) return undefined;
    const whole = [...parts.slice(0, at), meant, ...parts.slice(at + 1)].join('.');
    return lookup(body, whole) === undefined
      ? `did you mean "${meant}" for "${part}"?`
      : `did you mean "${whole}"?`;
  }
  return undefined;
}

const keysOf = (value: unknown): readonly string[] => (isRecord(value) ? Object.keys(value) : []);

/** The dotted paths of the fields of this name. */
const placesOf = (value: unknown, name: string): readonly string[] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([key, inner]) => [
        ...(key === name ? [key] : []),
        ...placesOf(inner, name).map((path) => `${key}.${path}`),
      ])
    : [];
