import type { FactType, FactValue } from '../../callbacks/facts/fact.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import type { FactUse, Leaf } from '../model/tree.ts';
import { LAST_TIME } from '../operators/value-schemas.ts';

/** A set of values for which every predictable comparison has the same result. */
export interface ValueDomain {
  /** One of them. */
  readonly value: FactValue;
  /** Whether they all fold alike, so that comparisons of folded words are predictable. */
  readonly alike: boolean;
  /** Whether the set has only this value. */
  readonly alone: boolean;
}

/** Above this number of list items the analysis gives up. */
const MAX_ITEMS = 6;

/**
 * Divides all possible values of a fact into domains by its comparisons. Every possible combination of results occurs in
 * one of the domains. `undefined` if there are too many.
 */
export function valueDomainsOf(
  { fact, path }: FactUse,
  leaves: readonly Leaf[],
): readonly ValueDomain[] | undefined {
  const type: FactType = path === undefined ? fact.type : 'json';
  const may = (some: FactType): boolean => type === some || type === 'json';
  const values = leaves.flatMap(({ operator: { partition }, value }) =>
    partition?.by === 'value' ? partition.at(value) : [],
  );
  const lists = may('list') ? listDomains(leaves, type) : [];
  if (!lists) return undefined;
  return [
    one(undefined),
    // Values that Sinch is known to send are better witnesses.
    ...(may('text')
      ? textDomains([...values, ...(fact.known ?? [])], leaves, fact.folded === true)
      : []),
    ...(may('number') || type === 'time' ? numberDomains(values, leaves, type) : []),
    ...(may('boolean') ? [one(true), one(false)] : []),
    ...lists,
    ...(type === 'json' ? [one({})] : []),
  ];
}

const one = (value: FactValue): ValueDomain => ({ value, alike: true, alone: true });

function textDomains(
  values: readonly unknown[],
  leaves: readonly Leaf[],
  isFolded: boolean,
): readonly ValueDomain[] {
  const named = new Set(values.filter((value) => typeof value === 'string' && value !== ''));
  const words = new Set(
    leaves.flatMap(({ operator: { partition }, value }) =>
      partition?.by === 'fold' ? partition.at(value) : [],
    ),
  );
  const written = [...named].flatMap((value) =>
    typeof value === 'string' && (!isFolded || fold(value) === value) ? value : [],
  );
  const domains: ValueDomain[] = written.map(one);
  for (const word of words) {
    // A folded fact has one spelling per word; any other text has arbitrarily many.
    if (!isFolded)
      domains.push({
        value: longer(word, ' ', (text) => named.has(text)),
        alike: true,
        alone: false,
      });
    else if (!named.has(word)) domains.push(one(word));
  }
  const isTaken = (text: string): boolean => named.has(text) || words.has(fold(text));
  return [...domains, { value: longer('Q', 'Q', isTaken), alike: false, alone: false }];
}

/** Returns a text that is not taken, by appending `more`. */
function longer(first: string, more: string, isTaken: (text: string) => boolean): string {
  let text = first;
  while (isTaken(text)) text += more;
  return text;
}

function numberDomains(
  values: readonly unknown[],
  leaves: readonly Leaf[],
  type: FactType,
): readonly ValueDomain[] {
  const sides = leaves.flatMap(({ operator: { partition }, value }) =>
    partition?.by === 'side' ? partition.at(value) : [],
  );
  const named = values.filter((value) => typeof value === 'number');
  const ends = type === 'number' ? [] : [-LAST_TIME, LAST_TIME];
  const points = [...new Set([...sides, ...named, ...ends])].sort((a, b) => a - b);
  const ranges = [-Infinity, ...points].flatMap((low, at) => within(low, points[at] ?? Infinity));
  return [...points.map(one), ...ranges.map((value) => ({ value, alike: true, alone: false }))];
}

/** Returns a number between two others; none if they are adjacent. */
function within(low: number, high: number): readonly number[] {
  if (low === -Infinity && high === Infinity) return [0];
  const tries =
    low === -Infinity
      ? [high - 1, high * 2]
      : high === Infinity
        ? [low + 1, low * 2]
        : [low / 2 + high / 2];
  return tries.filter((value) => value > low && value < high).slice(0, 1);
}

/** Returns a list for each subset of the compared items. */
function listDomains(leaves: readonly Leaf[], type: FactType): readonly ValueDomain[] | undefined {
  const compared = leaves.flatMap(({ operator: { partition }, value }) =>
    partition?.by === 'item' ? [partition.at(value)] : [],
  );
  const items = [...new Set(compared)].filter(
    (item) =>
      typeof item === 'string' ||
      typeof item === 'number' ||
      (type === 'json' && typeof item === 'boolean'),
  );
  if (items.length > MAX_ITEMS) return undefined;
  const lists = Array.from({ length: 2 ** items.length }, (_, mask) =>
    items.filter((_, at) => (mask >> at) & 1),
  );
  return lists.map((list) => ({ value: list as FactValue, alike: true, alone: false })); // texts and numbers; or any JSON
}
