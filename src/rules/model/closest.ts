import { distance, closest as nearest } from 'fastest-levenshtein';
import { formatList } from './format.ts';

/** Returns the hint "did you mean …?" if a name is close to an existing one. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const several = severalNames(name, names);
  if (several)
    return `these are ${several.length} names in one text: write a list, ${JSON.stringify(several)}`;
  const found = nearestName(name, names);
  return found === undefined ? undefined : `did you mean "${found}"?`;
}

/** The existing names that one text lists: "app_id, channel", "app_id and channel". */
function severalNames(text: string, names: readonly string[]): readonly string[] | undefined {
  const parts = partsOf(text);
  return parts.length > 1 && parts.every((part) => names.includes(part)) ? parts : undefined;
}

/** The parts of a text that lists some: "SMS, MMS or RCS". */
export const partsOf = (text: string): readonly string[] =>
  text
    .split(/\s*[,;|/\n&]\s*(?:(?:and|or)\s+)?|\s+(?:and|or|und|oder)\s+/i)
    .filter((part) => part !== '');

/** Returns the hint "did you mean …?", or else the names that exist if they are few. */
export function closestOrAll(name: string, names: readonly string[]): string | undefined {
  const unique = [...new Set(names)];
  if (unique.length === 0 || unique.length > 16) return closest(name, unique);
  return (
    closest(name, unique) ??
    `known are ${formatList(
      unique.map((one) => `"${one}"`),
      'and',
    )}`
  );
}

/** Returns the existing name that differs in at most a third of its letters, or `undefined`. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || name.length > 200) return undefined;
  const plain = (text: string) =>
    text
      .toLowerCase()
      // In the signs of a template: {{app_id}}, $app_id, %app_id%.
      .replace(/^[\s{}$%@#<[]+|[\s{}%>\]]+$/g, '')
      .replace(/[-_ ]/g, '');
  const [own, others] = [plain(name), names.map(plain)];
  const found = nearest(own, others);
  // Of two letters, one says nothing.
  const least = Math.max(name.length, found.length) > 2 ? 1 : 0;
  if (distance(own, found) <= Math.max(least, Math.floor(found.length / 3)))
    return names[others.indexOf(found)];
  const letters = (text: string) => [...text].sort().join('');
  const sorted = letters(own);
  const swapped = names.filter((_, place) => {
    const other = others[place] ?? '';
    return other.length === own.length && letters(other) === sorted;
  });
  if (swapped.length === 1 && name.length > 2) return swapped[0];
  // A name with more behind it: "reply: We are open".
  const [word = ''] = /^[\w-]+(?=[:=(\s])/.exec(name) ?? [];
  if (names.includes(word)) return word;
  // Some words of one name: "previous_rating" for "previous_quality_rating".
  const words = name.toLowerCase().split(/[-_ ]/);
  const wordy = names.filter((one) => {
    const own = one.toLowerCase().split(/[-_]/);
    return words.every((word) => own.includes(word));
  });
  if (words.length > 1 && wordy.length === 1) return wordy[0];
  // The first word of one name: "app" for "app_id".
  const begun = names.filter((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}_`));
  if (begun.length === 1) return begun[0];
  // An abbreviation: "sev" for "severity".
  if (begun.length > 0 || name.length < 3) return undefined;
  const longer = names.filter((_, place) => others[place]?.startsWith(own));
  return longer.length === 1 ? longer[0] : undefined;
}
