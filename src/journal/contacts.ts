import * as v from 'valibot';
import type { Address } from '../callbacks/trigger.ts';
import type { DataKey } from '../data-key.ts';
import type { Entities } from '../entities/index.ts';
import { type Erasure, eraseEverywhere } from './erase.ts';

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
  readonly erase: (contactId: string | undefined, addresses: readonly Address[]) => Promise<Erasure>;
}

/** Opens the contacts. */
export function openContacts(
  env: Pick<Env, 'DB' | 'ARCHIVE'>,
  dataKey: DataKey,
  entities: Entities,
  now: () => number,
): Contacts {
  const { DB } = env;
  const { personOf } = entities.recipients;

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

    erase: (contactId, named) =>
      eraseEverywhere(contactId, named, { env, dataKey, personOf, entities, of, now: now() }),
  };
}
