/** The facts of an entry whose person's data was erased. */
export const ERASED = JSON.stringify({
  clear: {},
  hashed: {},
  withheld: [],
  absent: [],
  erased: true,
});

/**
 * Returns the statements that remove a person or a contact from the journal. Decisions stay, without
 * the person and the facts. An entry that is written later loses them then.
 * @param hash keyed hash of the person's key or of the contact's id
 * @param now milliseconds since 1970
 */
export const eraseEntries = (
  by: 'person' | 'contact',
  hash: string,
  now: number,
  DB: D1Database,
): readonly D1PreparedStatement[] => [
  DB.prepare(
    'INSERT INTO erased_entries (person, at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET at = max(at, excluded.at)',
  ).bind(hash, now),
  DB.prepare(
    `UPDATE decisions SET person = NULL, contact = NULL, body = NULL, facts = ?2 WHERE ${by} = ?1`,
  ).bind(hash, ERASED),
];
