import * as v from 'valibot';
import { Address } from '../../callbacks/triggers/trigger.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import type { Objects } from '../../objects/index.ts';
import type { ContactAddresses, LateErasure } from '../../work/services.ts';
import { type Erasure, eraseEverywhere } from './erase.ts';

const AddressText = v.pipe(v.string(), v.parseJson(), Address);

/** Of contacts and people that are told as of a time: those whose contact was erased since, and who were not with it. */
const MISSED = `SELECT told.contact_id AS contactId, told.person AS person, contact.at AS erasedAt
  FROM (SELECT json_extract(value, '$.contactId') AS contact_id, json_extract(value, '$.person') AS person FROM json_each(?1)) AS told
  JOIN erased_contacts AS contact ON contact.contact_id = told.contact_id AND contact.at >= ?2
  WHERE NOT EXISTS (SELECT 1 FROM erased_people AS known WHERE known.person = told.person AND known.at >= contact.at)`;

const Missed = v.object({ contactId: v.string(), person: v.string(), erasedAt: v.number() });

/** The same, a contact at a time. */
function groups(missed: readonly v.InferOutput<typeof Missed>[]) {
  const found = new Map<string, { contactId: string; erasedAt: number; people: Set<string> }>();
  for (const { contactId, erasedAt, person } of missed) {
    const group = found.get(contactId) ?? { contactId, erasedAt, people: new Set() };
    found.set(contactId, group);
    group.people.add(person);
  }
  return found.values();
}

/** What we know of Sinch's contacts: which addresses each has, so that a deletion can reach them all. */
export interface Contacts {
  /**
   * Keeps which addresses contacts have, as of `at` (milliseconds since 1970). Callbacks and queue keep no order: what is told of a
   * contact that was erased since is erased too, unless that erasure reached it already.
   */
  readonly note: (
    contacts: readonly ContactAddresses[],
    at: number,
  ) => Promise<readonly LateErasure[]>;
  /** The addresses that are known of a contact. */
  readonly of: (contactId: string) => Promise<readonly Address[]>;
  /** Erases a contact everywhere and says what went where. Consent stays, as a keyed hash. */
  readonly erase: (
    contactId: string | undefined,
    addresses: readonly Address[],
  ) => Promise<Erasure>;
}

/** Opens the contacts. */
export function openContacts(
  env: Pick<Env, 'DB' | 'ARCHIVE'>,
  dataKey: DataKey,
  objects: Objects,
  now: () => number,
): Contacts {
  const { DB } = env;
  const { personOf } = objects.recipients;

  const of = async (contactId: string): Promise<Address[]> => {
    const rows = await DB.prepare('SELECT address FROM contact_addresses WHERE contact_id = ?')
      .bind(contactId)
      .all<{ address: string }>();
    return Promise.all(
      rows.results.map(async ({ address }) => v.parse(AddressText, await dataKey.unseal(address))),
    );
  };

  const erase: Contacts['erase'] = (contactId, named) =>
    eraseEverywhere(contactId, named, { env, dataKey, personOf, objects, of, now: now() });

  return {
    of,

    async note(contacts, at) {
      const insert = DB.prepare(
        `INSERT INTO contact_addresses (contact_id, person, address, at)
         SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM erased_contacts WHERE contact_id = ?1 AND at >= ?4)
         ON CONFLICT (contact_id, person) DO UPDATE SET at = max(at, excluded.at)`,
      );
      const told = await Promise.all(
        contacts.flatMap(({ contactId, addresses }) =>
          addresses.map(async (address) => ({
            contactId,
            address,
            person: await personOf(address),
          })),
        ),
      );
      if (told.length === 0) return [];
      const rows = await Promise.all(
        told.map(async ({ contactId, address, person }) =>
          insert.bind(contactId, person, await dataKey.seal(JSON.stringify(address)), at),
        ),
      );
      const pairs = JSON.stringify(told.map(({ contactId, person }) => ({ contactId, person })));
      const results = await DB.batch<unknown>([...rows, DB.prepare(MISSED).bind(pairs, at)]);
      const missed = v.parse(v.array(Missed), results.at(-1)?.results);
      const late: LateErasure[] = [];
      for (const { contactId, erasedAt, people } of groups(missed)) {
        const addresses = told.filter(
          (one) => one.contactId === contactId && people.has(one.person),
        );
        const erased = await erase(
          contactId,
          addresses.map(({ address }) => address),
        );
        late.push({ contactId, erasedAt, erased });
      }
      return late;
    },

    erase,
  };
}
