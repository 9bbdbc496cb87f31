import { isRecord } from './parts.ts';

/** Returns the object or list that a text of JSON holds; `undefined` for any other text. */
export function readJsonText(text: string | undefined): object | undefined {
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) || Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The most values, and levels, that `leavesOfJson` returns. */
const MOST = { leaves: 100, depth: 8 } as const;

/** Returns the texts, numbers and booleans within a value of JSON, each with its dotted path. */
export function leavesOfJson(
  value: unknown,
  path: readonly string[] = [],
  found: Map<string, string | number | boolean> = new Map(),
): ReadonlyMap<string, string | number | boolean> {
  if (found.size >= MOST.leaves || path.length > MOST.depth) return found;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    if (path.length > 0 && value !== '') found.set(path.join('.'), value);
  } else if (typeof value === 'object' && value !== null) {
    // A name with a dot would look like a path.
    for (const [name, inside] of Object.entries(value))
      if (name !== '' && !name.includes('.')) leavesOfJson(inside, [...path, name], found);
  }
  return found;
}
