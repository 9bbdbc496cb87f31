import { isRecord } from '../../callbacks/shapes/parts.ts';
import { nearestName } from '../model/closest.ts';
import { lookup } from '../model/facts.ts';

/**
 * Returns a hint if a dotted path is probably misspelt: slashes join it, a part of it is no field of the callback and a field beside it
 * has a similar name, or the last part stands further inside, once. A field that no other resembles may be new, because samples do
 * not have every field.
 */
export function pathMistake(body: unknown, path: string): string | undefined {
  if (lookup(body, path) !== undefined) return undefined;
  const dotted = path.replace(/^[$./]+/, '').replaceAll('/', '.');
  if (dotted !== path && lookup(body, dotted) !== undefined) return `write "${dotted}"`;
  const parts = path.split('.');
  for (const [at, part] of parts.entries()) {
    const parent = at === 0 ? body : lookup(body, parts.slice(0, at).join('.'));
    if (typeof parent !== 'object' || parent === null) return undefined;
    if (Object.hasOwn(parent, part)) continue;
    const meant = nearestName(part, Object.keys(parent));
    const isLast = at === parts.length - 1;
    const [inside, ...others] =
      isLast && (at > 0 || meant === undefined) ? pathsTo(part, parent) : [];
    if (inside !== undefined && others.length === 0)
      return `did you mean "${[...parts.slice(0, at), inside].join('.')}"?`;
    if (meant === undefined) return undefined;
    const whole = [...parts.slice(0, at), meant, ...parts.slice(at + 1)].join('.');
    return lookup(body, whole) === undefined
      ? `did you mean "${meant}" for "${part}"?`
      : `did you mean "${whole}"?`;
  }
  return undefined;
}

/** The paths inside a value that end with a key. */
function pathsTo(key: string, value: unknown): readonly string[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key ? [name] : pathsTo(key, inner).map((path) => `${name}.${path}`),
  );
}
