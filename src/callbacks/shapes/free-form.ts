import { isRecord } from './parts.ts';

const bare = (name: string): string => name.replace(/[_\s-]/g, '').toLowerCase();

/**
 * A field of an object whose names nobody promises, under the first of some names that it has; case, `_` and `-` do not
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

/** The same, where it is a text. */
export function findText(value: unknown, names: readonly string[]): string | undefined {
  const found = find(value, names);
  return typeof found === 'string' ? found : undefined;
}
