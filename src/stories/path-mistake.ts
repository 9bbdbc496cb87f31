import { nearestName } from '../rules/model/closest.ts';
import { lookup } from '../rules/model/facts.ts';

/**
 * Returns a hint if a dotted path is probably misspelt: a part of it is no field of the callback, and a field beside
 * it has a similar name. A field that no other resembles may be new, because samples do not have every field.
 */
export function pathMistake(body: unknown, path: string): string | undefined {
  if (lookup(body, path) !== undefined) return undefined;
  const parts = path.split('.');
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
