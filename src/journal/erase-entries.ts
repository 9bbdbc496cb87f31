import type { JournalStore } from './journal-store.ts';
import { destroyKeys, refOf } from './people-keys.ts';
import { callbacksAbout } from './search.ts';

/**
 * Removes people or contacts from the journal: their keys are destroyed, wherever the entries are stored. Decisions stay,
 * without the person and the facts, and so does the keyed hash of a contact id that an entry is found by. An entry that is
 * written later is written without them. Returns how many keys were destroyed.
 * @param hashes keyed hashes of people and of contacts, and `searchKey` of contact ids
 * @param owners references of the owners of entries that name them
 * @param now milliseconds since 1970
 */
export async function eraseFromJournal(
  hashes: readonly string[],
  owners: readonly string[],
  now: number,
  { DB, dataKey }: JournalStore,
): Promise<number> {
  const refs = [...new Set([...hashes.map((hash) => refOf(hash, dataKey)), ...owners])];
  const [, destroyed] = await DB.batch([
    DB.prepare(
      `INSERT INTO erased_entries (person, at) SELECT value, ?2 FROM json_each(?1)
       WHERE true ON CONFLICT (person) DO UPDATE SET at = max(at, excluded.at)`,
    ).bind(JSON.stringify(hashes), now),
    destroyKeys(refs, DB),
  ]);
  return destroyed?.meta.changes ?? 0;
}

/** Removes a contact from the journal, with the entries of people that name it. Returns the ids of these callbacks, too. */
export async function eraseContactFromJournal(
  contact: string,
  key: string,
  now: number,
  store: JournalStore,
): Promise<{ readonly destroyed: number; readonly ids: readonly string[] }> {
  const { ids, owners } = await callbacksAbout([contact], store);
  return { ids, destroyed: await eraseFromJournal([contact, key], owners, now, store) };
}
