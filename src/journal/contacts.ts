import * as v from 'valibot';
import { type Families, personKey } from '../callbacks/person.ts';
import type { Address } from '../callbacks/trigger.ts';
import type { DataKey } from '../data-key.ts';
import type { Entities } from '../entities/index.ts';
import { eraseEntries, hashContact } from './erasing.ts';

const AddressText = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ channel: v.string(), identity: v.string(), appId: v.string() }),
);

/** What we know of Sinch's contacts: which addresses each has, so that a deletion can reach them all. */
export interface Contacts {
  readonly note: (contactId: string, addresses: readonly Address[], at: number) => Promise<void>;
  /** The addresses that are known of a contact. */
  readonly of: (contactId: string) => Promise<readonly Address[]>;
  /** Erases a contact everywhere and says what went where. Consent stays, as a keyed hash. */
  readonly erase: (contactId: string | undefined, addresses: readonly Address[]) => Promise<string>;
}

/** Opens the contacts. */
export function openContacts(
  { DB, ARCHIVE }: Pick<Env, 'DB' | 'ARCHIVE'>,
  dataKey: DataKey,
  families: Families,
  entities: Entities,
  now: () => number,
): Contacts {
  const personOf = (address: Address): Promise<string> => dataKey.hash(personKey(address, families));

  const of = async (contactId: string): Promise<Address[]> => {
    const rows = await DB.prepare('SELECT address FROM contact_addresses WHERE contact_id = ?')
      .bind(contactId)
      .all<{ address: string }>();
    return Promise.all(rows.results.map(async ({ address }) => v.parse(AddressText, await dataKey.unseal(address))));
  };

  return {
    of,

    async note(contactId, addresses, at) {
      const insert = DB.prepare(
        `INSERT INTO contact_addresses (contact_id, person, address, at)
         SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM erased_contacts WHERE contact_id = ?1 AND at >= ?4)
         ON CONFLICT (contact_id, person) DO UPDATE SET at = max(at, excluded.at)`,
      );
      const rows = addresses.map(async (address) =>
        insert.bind(contactId, await personOf(address), await dataKey.seal(JSON.stringify(address)), at),
      );
      if (rows.length > 0) await DB.batch(await Promise.all(rows));
    },

    async erase(contactId, named) {
      const remembered = contactId ? await of(contactId) : [];
      const people = new Map<string, Address>();
      for (const address of [...named, ...remembered]) people.set(await personOf(address), address);

      for (const address of people.values()) await entities.recipients.erase(address);
      let files = 0;
      for (const person of people.keys()) {
        const kept = await DB.prepare('SELECT key FROM archived WHERE person = ?').bind(person).all<{ key: string }>();
        const keys = kept.results.map(({ key }) => key);
        if (keys.length > 0) await ARCHIVE.delete(keys);
        files += keys.length;
        await DB.batch([
          DB.prepare('DELETE FROM archived WHERE person = ?').bind(person),
          DB.prepare('DELETE FROM dead_letters WHERE person = ?').bind(person),
          DB.prepare('DELETE FROM held WHERE person = ?').bind(person),
          DB.prepare('DELETE FROM contact_addresses WHERE person = ?').bind(person),
          DB.prepare('DELETE FROM reviews WHERE EXISTS (SELECT 1 FROM json_each(people) WHERE value = ?)').bind(person),
          ...eraseEntries('person', person, now(), DB),
        ]);
      }
      if (contactId) {
        await DB.batch([
          DB.prepare('DELETE FROM contact_addresses WHERE contact_id = ?').bind(contactId),
          DB.prepare('DELETE FROM dead_letters WHERE contact_id = ?').bind(contactId),
          ...eraseEntries('contact', await hashContact(contactId, dataKey), now(), DB),
          DB.prepare(
            'INSERT INTO erased_contacts (contact_id, at) VALUES (?, ?) ON CONFLICT (contact_id) DO UPDATE SET at = excluded.at',
          ).bind(contactId, now()),
        ]);
      }
      return `erased ${people.size} address${people.size === 1 ? '' : 'es'} and ${files} file${files === 1 ? '' : 's'}; consent stays as a keyed hash`;
    },
  };
}
