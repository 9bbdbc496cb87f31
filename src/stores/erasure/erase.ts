import * as v from 'valibot';
import type { Address } from '../../callbacks/model.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import { eraseContactFromJournal, eraseFromJournal } from '../../journal/erase-entries.ts';
import { journalIn } from '../../journal/journal-store.ts';
import { callbacksAbout } from '../../journal/search.ts';
import { searchKey } from '../../journal/search-keys.ts';
import type { Objects } from '../../objects/index.ts';
import { leaveFifo } from '../../pipeline/fifo.ts';
import { hashContact } from '../../pipeline/people.ts';
import { Effect, TallyCase } from '../../work/effect.ts';
import { objectKeysOf } from '../held/held-people.ts';
import {
  bodyKey,
  changed,
  changesIn,
  contactsOf,
  deleteObjects,
  markComplete,
  markErased,
  portions,
  THESE,
} from './statements.ts';

/** What an erasure removed from one store, and what stays there and why. */
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

/** How many people, or groups of alerts, are processed in parallel. */
const PARALLEL = 20;

interface Dependencies {
  readonly env: Pick<Env, 'DB' | 'JOURNAL_DB' | 'ARCHIVE'>;
  readonly dataKey: DataKey;
  readonly personOf: (address: Address) => Promise<string>;
  readonly objects: Objects;
  /** Returns the known addresses of a contact. */
  readonly of: (contactId: string) => Promise<readonly Address[]>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Removes a person's data from every store and returns what was removed, what stays and why, and whom, as keyed hashes. */
export async function eraseEverywhere(
  contactId: string | undefined,
  named: readonly Address[],
  dependencies: Dependencies,
): Promise<Erasure & { readonly subjects: readonly string[] }> {
  const { env, dataKey, personOf, objects, of, now } = dependencies;
  if (contactId) await noteErased(contactId, dependencies);
  const people = new Map<string, Address>();
  const known = [...named, ...(contactId ? await of(contactId) : [])];
  for (const address of [...known, ...(await objects.recipients.linkedTo(known))])
    people.set(await personOf(address), address);
  // The contacts of these addresses, read before the addresses are deleted: records about a contact name them too.
  const linked = await contactsOf([...people.keys()], env.DB);

  const journal = journalIn(env, dataKey);
  const consent = { addresses: 0, other: 0 };
  let messages = 0;
  let files = 0;
  let rows = 0;
  for (const some of portions([...people], PARALLEL)) {
    const these = some.map(([person]) => person);
    for (const gone of await Promise.all(
      some.map(([, address]) => objects.recipients.erase(address, now)),
    )) {
      consent.addresses += gone.addresses;
      consent.other +=
        gone.words + gone.capabilities + gone.deliveries + gone.links + gone.preferences;
    }
    messages += await objects.messages.forget(these, now);
    files += await eraseObjects(these, dependencies);
    const removed = await env.DB.batch<{ key?: string }>([
      ...['dead_letters', 'contact_addresses'].map((table) =>
        env.DB.prepare(`DELETE FROM ${table} WHERE person IN ${THESE}`).bind(JSON.stringify(these)),
      ),
      env.DB.prepare(
        `DELETE FROM reviews WHERE EXISTS (SELECT 1 FROM json_each(people) WHERE value IN ${THESE})`,
      ).bind(JSON.stringify(these)),
      ...these.map((person) => markErased(person, now, env.DB)),
      env.DB.prepare(`DELETE FROM archived WHERE person IN ${THESE} RETURNING key`).bind(
        JSON.stringify(these),
      ),
    ]);
    rows += changesIn(removed);
    rows += await eraseFromJournal(these, [], now, journal);
    // A copy may have ended after `eraseObjects` deleted the files; without its row, no later one is kept.
    const late = removed.at(-1)?.results ?? [];
    await deleteObjects(
      late.flatMap(({ key }) => key ?? []),
      env.ARCHIVE,
    );
  }
  const contacts = [...new Set([...(contactId ? [contactId] : []), ...linked])];
  const marks = [...people.keys(), ...contacts.map((id) => hashContact(id, dataKey))];
  rows += await eraseHeld(marks, dependencies);
  const counted = await eraseWindowSamples(marks, dependencies);
  const alerts = await eraseAlerts(marks, dependencies);
  const changes = await objects.changes.forget(marks);
  rows += await changed(env.DB, [
    env.DB.prepare(
      `DELETE FROM unsupported WHERE EXISTS (SELECT 1 FROM json_each(people) WHERE value IN ${THESE})`,
    ).bind(JSON.stringify(marks)),
  ]);
  for (const id of contacts) {
    const contact = hashContact(id, dataKey);
    consent.other += await objects.recipients.forgetContact(contact, now);
    rows += await changed(env.DB, [
      env.DB.prepare('DELETE FROM dead_letters WHERE contact_id = ?').bind(id),
      markErased(contact, now, env.DB),
    ]);
    const key = searchKey('contact_id', id, dataKey);
    const { destroyed, ids } = await eraseContactFromJournal(contact, key, now, journal);
    rows += destroyed;
    await deleteObjects(ids.map(bodyKey), env.ARCHIVE);
  }
  if (contactId) {
    rows += await changed(env.DB, [
      env.DB.prepare('DELETE FROM contact_addresses WHERE contact_id = ?').bind(contactId),
    ]);
  }
  await markComplete(marks, now, env.DB);
  return {
    subjects: marks,
    addresses: people.size,
    stores: [
      {
        store: 'Recipients objects',
        removed: consent.addresses + consent.other,
        stays: 'the consent under a keyed hash: an opt-out must outlive the data',
      },
      {
        store: 'Messages objects',
        removed: messages,
        stays: 'ids and statuses of messages, for 7 days: they identify no person',
      },
      {
        store: 'Tally objects',
        removed: counted,
        stays: 'ids and times of counted callbacks, as long as the window: they identify no person',
      },
      {
        store: 'R2: recordings, media, bodies',
        removed: files,
        stays:
          'large bodies of callbacks that were never decided, for 14 days, and unreadable ones, for 90 days',
      },
      {
        store: 'D1',
        removed: rows,
        stays:
          'decisions, without the person and the facts, found by the keyed hash of a contact id; the point-in-time recovery of D1, which nothing can shorten, for 30 days',
      },
      { store: 'KV', removed: 0, stays: 'the copy of the consent, under a keyed hash' },
      {
        store: 'R2: backups of consent',
        removed: 0,
        stays: 'encrypted, for 400 days: a legal record; a restored change has only the keyed hash',
      },
      {
        store: 'Changes object',
        removed: changes,
        stays: 'that the person was erased, under a keyed hash',
      },
      {
        store: 'AlertGroup and AlertDesk objects',
        removed: alerts,
        stays: 'counts and destinations of alerts; what was sent stays with its receivers',
      },
      {
        store: 'queues',
        removed: 0,
        stays:
          'queued messages: they cannot be searched, and end within four days; failed ones are dead letters then',
      },
    ],
  };
}

/** Recorded before the addresses are read: an address that is stored earlier is read, and one that is stored later finds this record. */
const noteErased = (contactId: string, { env, now }: Dependencies): Promise<unknown> =>
  env.DB.prepare(
    'INSERT INTO erased_contacts (contact_id, at) VALUES (?, ?) ON CONFLICT (contact_id) DO UPDATE SET at = excluded.at',
  )
    .bind(contactId, now)
    .run();

/** Erases the sample callbacks of threshold windows, and their bodies in R2. */
async function eraseWindowSamples(
  marks: readonly string[],
  { objects, dataKey, env }: Dependencies,
): Promise<number> {
  let removed = 0;
  for (const some of portions(marks, PARALLEL)) {
    const named = await Promise.all(
      some.map(async (mark) =>
        (await objects.recipients.takeWindowSamples(mark)).map((name) => ({ mark, name })),
      ),
    );
    for (const { mark, name } of named.flat()) {
      for (const sealed of await objects.tallies.forget(name, mark)) {
        removed += 1;
        const { body } = v.parse(TallyCase, JSON.parse(await dataKey.decrypt(sealed)));
        if ('key' in body) await env.ARCHIVE.delete(body.key);
      }
    }
  }
  return removed;
}

/** Erases people from alerts. Groups are by rule and sender, so that there are few, and each is asked. */
async function eraseAlerts(
  marks: readonly string[],
  { objects, now }: Dependencies,
): Promise<number> {
  const { group, desk } = objects.alerts;
  const ids = marks.length > 0 ? await desk.ids() : [];
  let removed = 0;
  for (const some of portions(ids, PARALLEL)) {
    for (const cleared of await Promise.all(some.map((id) => group(id).forget(marks, now)))) {
      removed += cleared.removed;
      if (cleared.summary) await desk.note(cleared.summary, cleared.summary.resolvedAt ?? now);
    }
  }
  return removed;
}

/** Erases recordings, media and bodies of callbacks, and returns the number of recordings and media. */
async function eraseObjects(
  people: readonly string[],
  { env, dataKey }: Dependencies,
): Promise<number> {
  const these = JSON.stringify(people);
  const files = await env.DB.prepare(`SELECT key FROM archived WHERE person IN ${THESE}`)
    .bind(these)
    .all<{ key: string }>();
  const { ids } = await callbacksAbout(people, journalIn(env, dataKey));
  const waited = ids.map(bodyKey);
  // Most of these bodies were never in R2. Checking each would exceed the subrequests of one event.
  await deleteObjects([...files.results.map(({ key }) => key), ...waited], env.ARCHIVE);
  return files.results.length;
}

/** Erases held work that names one of them, and its objects in R2. */
async function eraseHeld(
  marks: readonly string[],
  { env, dataKey, objects }: Dependencies,
): Promise<number> {
  const { results } = await env.DB.prepare(
    `DELETE FROM held WHERE EXISTS
       (SELECT 1 FROM json_each(held.people) AS named WHERE named.value IN ${THESE})
     RETURNING work`,
  )
    .bind(JSON.stringify(marks))
    .all<{ work: string }>();
  for (const { work } of results) {
    const effect = v.parse(Effect, JSON.parse(await dataKey.decrypt(work)));
    await deleteObjects(objectKeysOf(effect), env.ARCHIVE);
    // The effects behind it in its line may run.
    await leaveFifo(effect, { objects });
  }
  return results.length;
}
