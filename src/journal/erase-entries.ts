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
    `UPDATE decisions SET person = NULL, contact = NULL, body = NULL, ids = NULL, facts = ?2 WHERE ${by} = ?1`,
  ).bind(hash, ERASED),
];

/**
 * Returns the statements that remove a contact from the entries that only mention it: as the deleted or
 * the preserved contact of a merge, or as a duplicate. The keyed hash stays, so that the entries are found.
 * @param key `searchKey` of the contact's id
 * @param now milliseconds since 1970
 */
export const eraseMentions = (
  key: string,
  now: number,
  DB: D1Database,
): readonly D1PreparedStatement[] => [
  DB.prepare(
    'INSERT INTO erased_entries (person, at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET at = max(at, excluded.at)',
  ).bind(key, now),
  DB.prepare(
    `UPDATE decisions SET ids = NULL, body = NULL
     WHERE (id, rulebook) IN (SELECT id, rulebook FROM decision_keys WHERE key = ?)`,
  ).bind(key),
];
