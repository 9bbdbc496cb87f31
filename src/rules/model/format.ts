import type { FactType } from '../../callbacks/facts/fact.ts';

const LONGEST = 80;

/** Formats a value for a sentence: identifiers without quotes, other texts in quotes, times in UTC. */
export function formatValue(value: unknown, type?: FactType): string {
  if (value === undefined || value === null) return 'missing';
  if (type === 'time' && typeof value === 'number')
    return new Date(value).toISOString().replace('.000Z', 'Z');
  if (typeof value === 'string')
    return /^[\w+:./-]{1,80}$/.test(value) ? value : `“${clip(value)}”`;
  if (Array.isArray(value))
    return value.length === 0
      ? 'an empty list'
      : clip(value.map((item) => formatValue(item)).join(', '));
  return typeof value === 'object' ? clip(JSON.stringify(value)) : String(value);
}

/** Writes a text as a pattern that finds it. */
export const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Joins items: "A", "A or B", "A, B or C". */
export function formatList(items: readonly string[], last: 'or' | 'and' = 'or'): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

const clip = (text: string): string => {
  const characters = text.length > LONGEST ? [...text.slice(0, 2 * LONGEST)] : undefined;
  return characters && characters.length > LONGEST
    ? `${characters.slice(0, LONGEST).join('')}…`
    : text;
};
