import * as v from 'valibot';
import { Address } from '../../callbacks/model.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import type { Objects } from '../../objects/index.ts';
import { hashContact } from '../../pipeline/people.ts';
import type { ContactAddresses, ErasureCause, LateErasure } from '../../work/services.ts';
import type { SealedColumn } from '../keys/sealed.ts';
import { type Erasure, eraseEverywhere } from './erase.ts';
import { openErasures } from './erasures.ts';
import { notErased } from './not-erased.ts';

const AddressText = v.pipe(v.string(), v.parseJson(), Address);

/** Selects, of contacts and their people as of a time, those whose contact was erased later and who were not erased with it. */
const MISSED = `SELECT given.contact_id AS contactId, given.person AS person, contact.at AS erasedAt
  FROM (SELECT json_extract(value, '$.contactId') AS contact_id, json_extract(value, '$.person') AS person FROM json_each(?1)) AS given
  JOIN erased_contacts AS contact ON contact.contact_id = given.contact_id AND contact.at >= ?2
  WHERE NOT EXISTS (SELECT 1 FROM erased_people AS known WHERE known.person = given.person AND known.at >= contact.at)`;

/** Selects the newest addresses of contacts, without those that a later list of all addresses of the contact left out. */
const NEWEST = `SELECT contact_id, address FROM (
  SELECT contact_id, address, at, max(stated_at) OVER (PARTITION BY contact_id) AS stated,
    row_number() OVER (PARTITION BY contact_id ORDER BY at DESC, person) AS place
  FROM json_each(?1) AS asked CROSS JOIN contact_addresses ON contact_id = asked.value)
  WHERE place <= ?2 AND at >= coalesce(stated, 0)`;

/** Records when all addresses of contacts were stated: what is older than that is no longer theirs. */
const STATED = `UPDATE contact_addresses SET stated_at = max(coalesce(stated_at, 0), ?2)
  WHERE contact_id IN (SELECT value FROM json_each(?1))`;

const Missed = v.object({ contactId: v.string(), person: v.string(), erasedAt: v.number() });

/** Groups the rows by contact. */
function groups(missed: readonly v.InferOutput<typeof Missed>[]) {
  const found = new Map<string, { contactId: string; erasedAt: number; people: Set<string> }>();
  for (const { contactId, erasedAt, person } of missed) {
    const group = found.get(contactId) ?? { contactId, erasedAt, people: new Set() };
    found.set(contactId, group);
    group.people.add(person);
  }
  return found.values();
}

/** The addresses of Sinch's contacts, so that the erasure of a contact reaches all of them. */
export interface Contacts {
  /**
   * Stores the addresses of contacts as of `at` (milliseconds since 1970). Callbacks arrive in any
   * order: the addresses of a contact that was erased later are erased too.
   * @param callbackId the callback that names them
   */
  readonly note: (
    contacts: readonly ContactAddresses[],
    at: number,
    callbackId: string,
  ) => Promise<readonly LateErasure[]>;
  /** Returns the known addresses of a contact. */
  readonly of: (contactId: string) => Promise<readonly Address[]>;
  /** Returns the known addresses of contacts, the newest `most` of each, by one query. */
  readonly ofMany: (
    contactIds: readonly string[],
    most: number,
  ) => Promise<ReadonlyMap<string, readonly Address[]>>;
  /** Erases a contact in all stores as of now, or of `notBefore` if that is later, and returns a report. Consent stays under a keyed hash. The erasure is on record. */
  readonly erase: (
    contactId: string | undefined,
    addresses: readonly Address[],
    cause: ErasureCause,
    notBefore?: number,
  ) => Promise<Erasure>;
}

/** The addresses of contacts, for the rotation of keys. */
export const contactAddresses: SealedColumn = {
  table: 'contact_addresses',
  key: ['contact_id', 'person', 'channel'],
  column: 'address',
};

/** Opens the contacts. */
export function openContacts(
  env: Pick<Env, 'DB' | 'JOURNAL_DB' | 'ARCHIVE'>,
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
      rows.results.map(async ({ address }) => v.parse(AddressText, await dataKey.decrypt(address))),
    );
  };

  const erasures = openErasures(DB);
  const erase: Contacts['erase'] = async (contactId, named, cause, notBefore = 0) => {
    const at = Math.max(now(), notBefore);
    const id = await erasures.begin({ contactId, addresses: named }, cause, at);
    const { subjects, ...erasure } = await eraseEverywhere(contactId, named, {
      ...{ env, dataKey, personOf, objects, of, now: at },
    });
    await erasures.end(id, { ...erasure, stores: [...erasure.stores], subjects }, now());
    // @event person.erased | The data of a person was removed from every store.
    console.log({ event: 'person.erased', id, source: cause.source, addresses: erasure.addresses });
    return erasure;
  };

  return {
    of,

    async ofMany(contactIds, most) {
      const rows = await DB.prepare(NEWEST)
        .bind(JSON.stringify(contactIds), most)
        .all<{ contact_id: string; address: string }>();
      const opened = await Promise.all(
        rows.results.map(async ({ contact_id: id, address }) => ({
          id,
          address: v.parse(AddressText, await dataKey.decrypt(address)),
        })),
      );
      return new Map(
        [...Map.groupBy(opened, ({ id }) => id)].map(([id, own]) => [
          id,
          own.map(({ address }) => address),
        ]),
      );
    },

    async note(contacts, at, callbackId) {
      const insert = DB.prepare(
        `INSERT INTO contact_addresses (contact_id, person, channel, address, at)
         SELECT ?1, ?2, ?5, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM erased_contacts WHERE contact_id = ?1 AND at >= ?4)
           AND ${notErased('json_array(?2)', '?4')}
         ON CONFLICT (contact_id, person, channel) DO UPDATE SET at = max(at, excluded.at)`,
      );
      const given = await Promise.all(
        contacts.flatMap(({ contactId, addresses }) =>
          addresses.map(async (address) => ({
            contactId,
            address,
            person: await personOf(address),
          })),
        ),
      );
      if (given.length === 0) return [];
      const rows = await Promise.all(
        given.map(async ({ contactId, address, person }) =>
          insert.bind(
            ...[contactId, person, await dataKey.encrypt(JSON.stringify(address)), at],
            address.channel,
          ),
        ),
      );
      const pairs = JSON.stringify(given.map(({ contactId, person }) => ({ contactId, person })));
      const whole = contacts.flatMap(({ contactId, isWhole }) => (isWhole ? [contactId] : []));
      const results = await DB.batch<unknown>([
        ...rows,
        ...(whole.length > 0 ? [DB.prepare(STATED).bind(JSON.stringify(whole), at)] : []),
        DB.prepare(MISSED).bind(pairs, at),
      ]);
      const missed = v.parse(v.array(Missed), results.at(-1)?.results);
      const late: LateErasure[] = [];
      for (const { contactId, erasedAt, people } of groups(missed)) {
        const addresses = given.filter(
          (one) => one.contactId === contactId && people.has(one.person),
        );
        const erased = await erase(
          contactId,
          addresses.map(({ address }) => address),
          {
            id: `${callbackId}/late/${hashContact(contactId, dataKey)}`,
            ...{ source: 'late', actor: 'signalbox', callbackId },
            reason: `received after the contact was erased (${new Date(erasedAt).toISOString()})`,
          },
        );
        late.push({ contactId, erasedAt, erased });
      }
      return late;
    },

    erase,
  };
}
