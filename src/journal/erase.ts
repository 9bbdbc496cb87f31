import * as v from 'valibot';
import { TallyCase } from '../actions/effect.ts';
import { hashContact } from '../actions/people.ts';
import type { Address } from '../callbacks/trigger.ts';
import type { DataKey } from '../data-key.ts';
import type { Entities } from '../entities/index.ts';
import { abort } from './copies.ts';
import { eraseEntries } from './erasing.ts';

/** What an erasure did to one store, and what stays there and why. */
export interface ErasedStore {
  readonly store: string;
  readonly removed: number;
  readonly stays?: string;
}

/** The report of an erasure. */
export interface Erasure {
  /** How many addresses were known of the person. */
  readonly addresses: number;
  readonly stores: readonly ErasedStore[];
}

interface House {
  readonly env: Pick<Env, 'DB' | 'ARCHIVE'>;
  readonly dataKey: DataKey;
  readonly personOf: (address: Address) => Promise<string>;
  readonly entities: Entities;
  /** The addresses that are known of a contact. */
  readonly of: (contactId: string) => Promise<readonly Address[]>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Removes a person's data from every store, and says what went where, what stays, and why. */
export async function eraseEverywhere(
  contactId: string | undefined,
  named: readonly Address[],
  house: House,
): Promise<Erasure> {
  const { env, dataKey, personOf, entities, of, now } = house;
  const people = new Map<string, Address>();
  for (const address of [...named, ...(contactId ? await of(contactId) : [])])
    people.set(await personOf(address), address);

  const consent = { addresses: 0, other: 0 };
  let messages = 0;
  let files = 0;
  let rows = 0;
  for (const [person, address] of people) {
    const { addresses, words, capabilities, deliveries } = await entities.recipients.erase(address);
    consent.addresses += addresses;
    consent.other += words + capabilities + deliveries;
    messages += await entities.messages.forget(person);
    files += await eraseObjects(person, env);
    rows += await changed(env.DB, [
      ...['archived', 'copying', 'dead_letters', 'held', 'contact_addresses'].map((table) =>
        env.DB.prepare(`DELETE FROM ${table} WHERE person = ?`).bind(person),
      ),
      env.DB.prepare('DELETE FROM reviews WHERE EXISTS (SELECT 1 FROM json_each(people) WHERE value = ?)').bind(person),
      ...eraseEntries('person', person, now, env.DB),
    ]);
  }
  const contact = contactId && (await hashContact(contactId, dataKey));
  const marks = [...people.keys(), ...(contact ? [contact] : [])];
  const counted = await eraseCases(marks, house);
  const told = await eraseAlerts(marks, house);
  if (contactId && contact) {
    rows += await changed(env.DB, [
      ...['contact_addresses', 'dead_letters'].map((table) =>
        env.DB.prepare(`DELETE FROM ${table} WHERE contact_id = ?`).bind(contactId),
      ),
      ...eraseEntries('contact', contact, now, env.DB),
      env.DB.prepare(
        'INSERT INTO erased_contacts (contact_id, at) VALUES (?, ?) ON CONFLICT (contact_id) DO UPDATE SET at = excluded.at',
      ).bind(contactId, now),
    ]);
  }
  return {
    addresses: people.size,
    stores: [
      {
        store: 'Recipients objects',
        removed: consent.addresses + consent.other,
        stays: 'that somebody said no, under a keyed hash: it must outlive the data',
      },
      {
        store: 'Messages objects',
        removed: messages,
        stays: 'ids and statuses of messages, for 7 days: they name nobody',
      },
      {
        store: 'Tally objects',
        removed: counted,
        stays: 'ids and times of what a threshold counted, as long as its window: they name nobody',
      },
      {
        store: 'R2: recordings, media, bodies',
        removed: files,
        stays: 'large bodies of callbacks that were never decided, for 14 days, and unreadable ones, for 90',
      },
      { store: 'D1', removed: rows, stays: 'that something was decided, without whom and by which facts' },
      { store: 'KV', removed: 0, stays: 'the published consent, under a keyed hash' },
      {
        store: 'R2: backups of consent',
        removed: 0,
        stays: 'sealed, for 400 days: a legal record; what is restored from one comes back under a keyed hash',
      },
      {
        store: 'AlertGroup and AlertDesk objects',
        removed: told,
        stays: 'that alerts were raised, how often and whom they were told; what was sent out is with those who got it',
      },
      {
        store: 'queues',
        removed: 0,
        stays: 'what is under way: it cannot be searched, and ends within four days; what fails is a dead letter then',
      },
    ],
  };
}

/** Callbacks that the windows of thresholds keep, and their bodies where these wait in R2. */
async function eraseCases(marks: readonly string[], { entities, dataKey, env }: House): Promise<number> {
  let removed = 0;
  for (const mark of marks) {
    for (const name of await entities.recipients.takeCases(mark)) {
      for (const sealed of await entities.tallies.forget(name, mark)) {
        removed += 1;
        const { body } = v.parse(TallyCase, JSON.parse(await dataKey.unseal(sealed)));
        if ('key' in body) await env.ARCHIVE.delete(body.key);
      }
    }
  }
  return removed;
}

/** So many groups of alerts are asked side by side. */
const ABREAST = 20;

/** What alerts say. They are grouped by rule and sender, not by person: so there are few, and each is asked. */
async function eraseAlerts(marks: readonly string[], { entities, now }: House): Promise<number> {
  const { group, desk } = entities.alerts;
  const ids = marks.length > 0 ? await desk.ids() : [];
  let removed = 0;
  for (let at = 0; at < ids.length; at += ABREAST) {
    const some = ids.slice(at, at + ABREAST);
    for (const cleared of await Promise.all(some.map((id) => group(id).forget(marks, now)))) {
      removed += cleared.removed;
      if (cleared.summary) await desk.note(cleared.summary, cleared.summary.resolvedAt ?? now);
    }
  }
  return removed;
}

/** Recordings, media, and the bodies of callbacks that waited. */
async function eraseObjects(person: string, { DB, ARCHIVE }: House['env']): Promise<number> {
  const files = await DB.prepare('SELECT key FROM archived WHERE person = ?').bind(person).all<{ key: string }>();
  const waited = await DB.prepare("SELECT DISTINCT 'bodies/' || id AS key FROM decisions WHERE person = ?")
    .bind(person)
    .all<{ key: string }>();
  // Copies that have begun, with whatever is there of them.
  const begun = await DB.prepare('SELECT key, upload FROM copying WHERE person = ?')
    .bind(person)
    .all<{ key: string; upload: string | null }>();
  for (const { key, upload } of begun.results) if (upload !== null) await abort(key, upload, ARCHIVE);
  // A body waited in R2 only if it was large, or deferred. To ask for each would be more questions than one event has.
  const keys = [...files.results, ...begun.results, ...waited.results].map(({ key }) => key);
  for (let at = 0; at < keys.length; at += 1000) await ARCHIVE.delete(keys.slice(at, at + 1000));
  return files.results.length + begun.results.length;
}

async function changed(DB: D1Database, statements: readonly D1PreparedStatement[]): Promise<number> {
  const results = await DB.batch([...statements]);
  return results.reduce((sum, { meta }) => sum + (meta.changes ?? 0), 0);
}
