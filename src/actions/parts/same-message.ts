/** What Sinch may fill in where nothing was said, or leave out where it was said. */
const isDefault = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  (typeof value === 'object' && Object.values(value).every(isDefault));

/** Sinch's JSON is protobuf's, which reads either spelling and answers in one. */
const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const fieldsOf = (value: object): Map<string, unknown> =>
  new Map(Object.entries(value).map(([name, inner]) => [snake(name), inner]));

/**
 * Whether Sinch's copy of a message holds all that ours says. The order and the spelling of fields do not count, nor what Sinch
 * adds: a message taken for another one is sent twice, one taken for the same is left out with its reason on record.
 */
export function includesContent(theirs: unknown, ours: unknown): boolean {
  if (typeof ours !== 'object' || ours === null || typeof theirs !== 'object' || theirs === null)
    return (isDefault(ours) && isDefault(theirs)) || String(ours) === String(theirs);
  if (Array.isArray(ours) || Array.isArray(theirs))
    return (
      Array.isArray(ours) &&
      Array.isArray(theirs) &&
      ours.length === theirs.length &&
      ours.every((value, index) => includesContent(theirs[index], value))
    );
  const found = fieldsOf(theirs);
  return [...fieldsOf(ours)].every(([name, value]) =>
    found.has(name) ? includesContent(found.get(name), value) : isDefault(value),
  );
}
