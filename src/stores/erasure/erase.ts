import * as v from 'valibot';
import type { Address } from '../../callbacks/triggers/trigger.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import { eraseEntries } from '../../journal/erase-entries.ts';
import type { Objects } from '../../objects/index.ts';
import { leaveLine } from '../../pipeline/fifo.ts';
import { hashContact } from '../../pipeline/people.ts';
import { Effect, TallyCase } from '../../work/effect.ts';
import { placesOf } from '../held/held-people.ts';
import { abort } from '../recordings/multipart.ts';

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

/** So many people, or groups of alerts, are gone through side by side. */
const ABREAST = 20;

/** Those whose hashes are bound as one JSON text. */
const THESE = '(SELECT value FROM json_each(?))';

interface House {
  readonly env: Pick<Env, 'DB' | 'ARCHIVE'>;
  readonly dataKey: DataKey;
  readonly personOf: (address: Address) => Promise<string>;
  readonly objects: Objects;
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
  const { env, dataKey, personOf, objects, of, now } = house;
  if (contactId) await noteErased(contactId, house);
  const people = new Map<string, Address>();
  for (const address of [...named, ...(contactId ? await of(contactId) : [])])
    people.set(await personOf(address), address);
  // Before they are deleted: which contacts these addresses belong to. What is kept of a contact may name them.
  const linked = await contactsOf([...people.keys()], env.DB);

  const consent = { addresses: 0, other: 0 };
  let messages = 0;
  let files = 0;
  let rows = 0;
  for (const some of portions([...people], ABREAST)) {
    const these = some.map(([person]) => person);
    for (const gone of await Promise.all(
      some.map(([, address]) => objects.recipients.erase(address)),
    )) {
      consent.addresses += gone.addresses;
      consent.other += gone.words + gone.capabilities + gone.deliveries;
    }
    messages += await objects.messages.forget(these);
    files += await eraseObjects(these, env);
    rows += await changed(env.DB, [
      ...['archived', 'copying', 'dead_letters', 'contact_addresses'].map((table) =>
        env.DB.prepare(`DELETE FROM ${table} WHERE person IN ${THESE}`).bind(JSON.stringify(these)),
      ),
      env.DB.prepare(
        `DELETE FROM reviews WHERE EXISTS (SELECT 1 FROM json_each(people) WHERE value IN ${THESE})`,
      ).bind(JSON.stringify(these)),
      ...these.flatMap((person) => eraseEntries('person', person, now, env.DB)),
    ]);
  }
  const contacts = [...new Set([...(contactId ? [contactId] : []), ...linked])];
  const marks = [...people.keys(), ...contacts.map((id) => hashContact(id, dataKey))];
  rows += await eraseHeld(marks, house);
  const counted = await eraseCases(marks, house);
  const told = await eraseAlerts(marks, house);
  for (const id of contacts) {
    const contact = hashContact(id, dataKey);
    await deleteObjects(await bodiesOf('contact', [contact], env.DB), env.ARCHIVE);
    rows += await changed(env.DB, [
      env.DB.prepare('DELETE FROM dead_letters WHERE contact_id = ?').bind(id),
      ...eraseEntries('contact', contact, now, env.DB),
    ]);
  }
  if (contactId) {
    rows += await changed(env.DB, [
      env.DB.prepare('DELETE FROM contact_addresses WHERE contact_id = ?').bind(contactId),
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
        stays:
          'large bodies of callbacks that were never decided, for 14 days, and unreadable ones, for 90',
      },
      {
        store: 'D1',
        removed: rows,
        stays: 'that something was decided, without whom and by which facts',
      },
      { store: 'KV', removed: 0, stays: 'the published consent, under a keyed hash' },
      {
        store: 'R2: backups of consent',
        removed: 0,
        stays:
          'sealed, for 400 days: a legal record; what is restored from one comes back under a keyed hash',
      },
      {
        store: 'AlertGroup and AlertDesk objects',
        removed: told,
        stays:
          'that alerts were raised, how often and whom they were told; what was sent out is with those who got it',
      },
      {
        store: 'queues',
        removed: 0,
        stays:
          'what is under way: it cannot be searched, and ends within four days; what fails is a dead letter then',
      },
    ],
  };
}

/** Put down before its addresses are read: a note of the contact comes either before, and is read, or after, and finds this. */
const noteErased = (contactId: string, { env, now }: House): Promise<unknown> =>
  env.DB.prepare(
    'INSERT INTO erased_contacts (contact_id, at) VALUES (?, ?) ON CONFLICT (contact_id) DO UPDATE SET at = excluded.at',
  )
    .bind(contactId, now)
    .run();

/** Callbacks that the windows of thresholds keep, and their bodies where these wait in R2. */
async function eraseCases(
  marks: readonly string[],
  { objects, dataKey, env }: House,
): Promise<number> {
  let removed = 0;
  for (const some of portions(marks, ABREAST)) {
    const named = await Promise.all(
      some.map(async (mark) =>
        (await objects.recipients.takeCases(mark)).map((name) => ({ mark, name })),
      ),
    );
    for (const { mark, name } of named.flat()) {
      for (const sealed of await objects.tallies.forget(name, mark)) {
        removed += 1;
        const { body } = v.parse(TallyCase, JSON.parse(await dataKey.unseal(sealed)));
        if ('key' in body) await env.ARCHIVE.delete(body.key);
      }
    }
  }
  return removed;
}

/** What alerts say. They are grouped by rule and sender, not by person: so there are few, and each is asked. */
async function eraseAlerts(marks: readonly string[], { objects, now }: House): Promise<number> {
  const { group, desk } = objects.alerts;
  const ids = marks.length > 0 ? await desk.ids() : [];
  let removed = 0;
  for (const some of portions(ids, ABREAST)) {
    for (const cleared of await Promise.all(some.map((id) => group(id).forget(marks, now)))) {
      removed += cleared.removed;
      if (cleared.summary) await desk.note(cleared.summary, cleared.summary.resolvedAt ?? now);
    }
  }
  return removed;
}

/** Recordings, media, and the bodies of callbacks that waited. */
async function eraseObjects(
  people: readonly string[],
  { DB, ARCHIVE }: House['env'],
): Promise<number> {
  const these = JSON.stringify(people);
  const files = await DB.prepare(`SELECT key FROM archived WHERE person IN ${THESE}`)
    .bind(these)
    .all<{ key: string }>();
  const waited = await bodiesOf('person', people, DB);
  // Copies that have begun, with whatever is there of them.
  const begun = await DB.prepare(`SELECT key, upload FROM copying WHERE person IN ${THESE}`)
    .bind(these)
    .all<{ key: string; upload: string | null }>();
  for (const { key, upload } of begun.results)
    if (upload !== null) await abort(key, upload, ARCHIVE);
  // A body waited in R2 only if it was large, or deferred. To ask for each would be more questions than one event has.
  await deleteObjects(
    [...[...files.results, ...begun.results].map(({ key }) => key), ...waited],
    ARCHIVE,
  );
  return files.results.length + begun.results.length;
}

/** Held work that names one of them, and what of it lies in R2. */
async function eraseHeld(
  marks: readonly string[],
  { env, dataKey, objects }: House,
): Promise<number> {
  const { results } = await env.DB.prepare(
    `DELETE FROM held WHERE EXISTS
       (SELECT 1 FROM json_each(held.people) AS named WHERE named.value IN ${THESE})
     RETURNING work`,
  )
    .bind(JSON.stringify(marks))
    .all<{ work: string }>();
  for (const { work } of results) {
    const effect = v.parse(Effect, JSON.parse(await dataKey.unseal(work)));
    await deleteObjects(placesOf(effect), env.ARCHIVE);
    // Those behind it in its line may go.
    await leaveLine(effect, { objects });
  }
  return results.length;
}

/** The contacts that these people's addresses are known to belong to. */
async function contactsOf(people: readonly string[], DB: D1Database): Promise<readonly string[]> {
  const { results } = await DB.prepare(
    `SELECT DISTINCT contact_id AS id FROM contact_addresses WHERE person IN ${THESE}`,
  )
    .bind(JSON.stringify(people))
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** R2 deletes a thousand objects at a time. */
async function deleteObjects(keys: readonly string[], ARCHIVE: R2Bucket): Promise<void> {
  for (const some of portions(keys, 1000)) await ARCHIVE.delete(some);
}

function* portions<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

/** Where the bodies of somebody's callbacks may lie. */
async function bodiesOf(
  by: 'person' | 'contact',
  hashes: readonly string[],
  DB: D1Database,
): Promise<string[]> {
  const { results } = await DB.prepare(
    `SELECT DISTINCT 'bodies/' || id AS key FROM decisions WHERE ${by} IN ${THESE}`,
  )
    .bind(JSON.stringify(hashes))
    .all<{ key: string }>();
  return results.map(({ key }) => key);
}

async function changed(
  DB: D1Database,
  statements: readonly D1PreparedStatement[],
): Promise<number> {
  const results = await DB.batch([...statements]);
  return results.reduce((sum, { meta }) => sum + (meta.changes ?? 0), 0);
}
