import { isRecord } from './parts.ts';

const bare = (name: string): string => name.replace(/[_\s-]/g, '').toLowerCase();

/**
 * Returns a field of an object without documented names, by the first of the given names that it has. Case, `_` and `-` do not
 * count, so `qualityRating` is `quality_rating`. Source: Sinch specification, ChannelEvent.additional_data is a free object.
 */
export function find(value: unknown, names: readonly string[]): unknown {
  if (!isRecord(value)) return undefined;
  for (const name of names) {
    const key = Object.keys(value).find((candidate) => bare(candidate) === bare(name));
    if (key !== undefined && value[key] !== null && value[key] !== '') return value[key];
  }
  return undefined;
}

/** Returns such a field if it is a text. */
export function findText(value: unknown, names: readonly string[]): string | undefined {
  const found = find(value, names);
  return typeof found === 'string' ? found : undefined;
}
