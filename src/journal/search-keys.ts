import type { Callback } from '../callbacks/callback.ts';
import { SEARCH_KINDS, type SearchKind } from '../callbacks/facts/fact.ts';
import { isRecord, parseJsonText, textOf } from '../callbacks/shapes/parts.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { factEntries, isCarried, lookup } from '../rules/model/facts.ts';

/** The longest id or metadata that is searched by, in characters: Sinch allows 1,024 of metadata. */
const LONGEST = 2_000;
/** The most keys of one entry: a notification may name thousands of duplicates. */
const MOST = 200;

/** Returns the keyed hash that an entry with this value is found by. */
export const searchKey = (
  kind: SearchKind,
  value: string,
  { hash }: Pick<DataKey, 'hash'>,
): string => hash(`search\n${kind}\n${value}`).slice(0, 20);

/** Returns the keys of the values that a caller searches by. */
export const searchKeysIn = (
  given: Partial<Record<SearchKind, string | undefined>>,
  dataKey: Pick<DataKey, 'hash'>,
): readonly string[] =>
  SEARCH_KINDS.flatMap((kind) => {
    const value = given[kind];
    return value === undefined ? [] : [searchKey(kind, value, dataKey)];
  });

/**
 * Returns the keys that a callback is found by: its ids, its metadata, and the values at these paths
 * of metadata that is JSON.
 */
export function searchKeysOf(
  callback: Callback,
  paths: readonly string[],
  dataKey: Pick<DataKey, 'hash'>,
): readonly string[] {
  const found = new Map<SearchKind, Set<string>>();
  const add = (kind: SearchKind, value: unknown): void => {
    const text = textOf(value);
    if (text !== undefined && text.length <= LONGEST)
      found.set(kind, (found.get(kind) ?? new Set()).add(text));
  };
  for (const { name, search, triggers, ...rest } of factEntries()) {
    if (!search || !isCarried({ name, triggers, ...rest }, [callback.trigger])) continue;
    const value = callback.fact(name, {});
    for (const one of Array.isArray(value) ? value : [value]) add(search, one);
    const json = search === 'metadata' && typeof value === 'string' ? parseJsonText(value) : null;
    if (isRecord(json)) for (const path of paths) add(search, lookup(json, path));
  }
  return [...found]
    .flatMap(([kind, values]) => [...values].map((value) => searchKey(kind, value, dataKey)))
    .slice(0, MOST);
}

/** Returns the contact ids that a callback names, by fact; undefined if it names none. */
export function contactIdsOf(
  callback: Callback,
): Readonly<Record<string, string | readonly string[]>> | undefined {
  const found: Record<string, string | readonly string[]> = {};
  for (const { name, search, triggers, ...rest } of factEntries()) {
    if (search !== 'contact_id' || !isCarried({ name, triggers, ...rest }, [callback.trigger]))
      continue;
    const value = callback.fact(name, {});
    if (Array.isArray(value))
      found[name] = value.flatMap((one) => textOf(one) ?? []).slice(0, MOST);
    else if (typeof value === 'string' && value.length <= LONGEST) found[name] = value;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}
