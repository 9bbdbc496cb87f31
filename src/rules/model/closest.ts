import { distance, closest as nearest } from 'fastest-levenshtein';

/** "did you mean "quality_rating"?", when a name is near enough to one of those that exist. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const found = nearestName(name, names);
  return found === undefined ? undefined : `did you mean "${found}"?`;
}

/** The known name that was probably meant: at most a third of the letters differ. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || name.length > 200) return undefined;
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, '');
  const found = nearest(plain(name), names.map(plain));
  const original = names.find((candidate) => plain(candidate) === found);
  return distance(plain(name), found) <= Math.max(1, Math.floor(found.length / 3))
    ? original
    : undefined;
}
