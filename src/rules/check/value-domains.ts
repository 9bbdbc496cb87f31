import type { FactType, FactValue } from '../../callbacks/facts/fact.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import type { FactUse, Leaf } from '../model/tree.ts';

/** Some values that no comparison tells apart, but for those that nobody can foretell. */
export interface ValueDomain {
  /** One of them. */
  readonly value: FactValue;
  /** Whether they all fold alike, so that comparisons of folded words are known. */
  readonly alike: boolean;
  /** Whether it stands for itself alone. */
  readonly alone: boolean;
}

/** More are too many to tell. */
const MAX_ITEMS = 6;

/** Beyond this, JavaScript has no dates, and no comparison of times holds. */
export const LAST_TIME = 8.64e15;

/**
 * All values that a fact may have, put into kin by the comparisons that are made of it: whatever these comparisons can
 * answer, they answer so for one of the kin. `undefined` where there are too many.
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
    // Values that Sinch is known to send make the better witnesses.
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
  const kin: ValueDomain[] = written.map(one);
  for (const word of words) {
    // A folded fact has only the folded spelling; any other text has endless spellings of the same word.
    if (!isFolded)
      kin.push({ value: longer(word, ' ', (text) => named.has(text)), alike: true, alone: false });
    else if (!named.has(word)) kin.push(one(word));
  }
  const isTaken = (text: string): boolean => named.has(text) || words.has(fold(text));
  return [...kin, { value: longer('Q', 'Q', isTaken), alike: false, alone: false }];
}

/** A text that is not taken, made by going on. */
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

/** A number between two others; none where they are neighbours. */
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

/** Any of the items that are asked for may be in a list, together with others. */
function listDomains(leaves: readonly Leaf[], type: FactType): readonly ValueDomain[] | undefined {
  const asked = leaves.flatMap(({ operator: { partition }, value }) =>
    partition?.by === 'item' ? [partition.at(value)] : [],
  );
  const items = [...new Set(asked)].filter(
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
