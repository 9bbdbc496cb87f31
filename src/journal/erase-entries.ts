/** What is left of an entry when the person's data is erased: that something was decided, and nothing of whom. */
export const ERASED = JSON.stringify({
  clear: {},
  hashed: {},
  withheld: [],
  absent: [],
  erased: true,
});

/**
 * Takes a person, or a contact, out of the journal: that something was decided stays, of whom and by which facts does not.
 * An entry that is still on its way loses them when it arrives.
 * @param hash of the person's key or of the contact's id
 * @param now milliseconds since 1970
 */
export const eraseEntries = (
  by: 'person' | 'contact',
  hash: string,
  now: number,
  DB: D1Database,
): readonly D1PreparedStatement[] => [
  DB.prepare(
    'INSERT INTO erased_people (person, at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET at = max(at, excluded.at)',
  ).bind(hash, now),
  DB.prepare(
    `UPDATE decisions SET person = NULL, contact = NULL, body = NULL, facts = ?2 WHERE ${by} = ?1`,
  ).bind(hash, ERASED),
];
