/** Whether a value is a default, which Sinch may add or leave out. */
const isDefault = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  (typeof value === 'object' && Object.values(value).every(isDefault));

/** The snake_case spelling. Sinch's JSON is protobuf's, which accepts both spellings and returns one. */
const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const fieldsOf = (value: object): Map<string, unknown> =>
  new Map(Object.entries(value).map(([name, inner]) => [snake(name), inner]));

/**
 * Whether Sinch's copy of a message contains all of ours. Order and spelling of fields do not matter, nor fields that Sinch adds. A
 * wrong `false` resends the message twice; a wrong `true` skips it, with the reason in the journal.
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
