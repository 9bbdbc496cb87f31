import * as v from 'valibot';
import type { DataKey } from '../crypto/data-key.ts';
import { hashContact } from '../pipeline/people.ts';
import type { Entry } from './entry.ts';
import type { StoredEntry } from './pages/page.ts';
import { type PeopleKeys, periodOf, refOf, type WantedKey } from './people-keys.ts';
import { searchKey } from './search-keys.ts';

/** An entry with what its encryption needs. */
export interface Unsealed {
  readonly entry: Entry;
  /** The contact ids that the callback names, and the callback, as JSON. */
  readonly ids: string | undefined;
  readonly body: string | undefined;
  /** Search keys of contacts that the entry only mentions: as the other contact of a merge, or as a duplicate. */
  readonly mentioned: readonly string[];
}

const Ids = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(v.string(), v.union([v.string(), v.array(v.string())])),
);

/** Opens what was encrypted for the queue. What no key decrypts is left out: it must not keep the other records. */
export async function unsealNote(entry: Entry, dataKey: DataKey): Promise<Unsealed> {
  const open = async (text: string | undefined): Promise<string | undefined> =>
    text === undefined ? undefined : dataKey.decrypt(text).catch(() => undefined);
  const ids = await open(entry.ids);
  const body = await open(entry.body);
  const named = ids === undefined ? [] : Object.values(v.parse(Ids, ids)).flat();
  const others = named.filter((id) => hashContact(id, dataKey) !== entry.contact);
  const keys = others.map((id) => searchKey('contact_id', id, dataKey));
  return { entry, ids, body, mentioned: [...new Set(keys)] };
}

/** Returns the hashes under which an erasure of the people of an entry is noted. */
export const erasedAs = ({
  entry: { person, contact },
  mentioned,
}: Unsealed): readonly string[] => [
  ...(person === undefined ? [] : [person]),
  ...(contact === undefined ? [] : [contact]),
  ...mentioned,
];

const ownerOf = ({ person, contact }: Entry): string | undefined => person ?? contact;

/** Returns the keys that an entry is encrypted under. */
export function keysFor({ entry, mentioned }: Unsealed, dataKey: DataKey): readonly WantedKey[] {
  const period = periodOf(entry.class, entry.receivedAt);
  const owner = ownerOf(entry);
  return [...(owner === undefined ? [] : [owner]), ...mentioned].map((hash) => ({
    period,
    ref: refOf(hash, dataKey),
  }));
}

/** Returns an entry without the person and the facts. */
const erasedEntry = (entry: Entry): StoredEntry => {
  const { person: _, contact: __, body: ___, ids: ____, ...rest } = entry;
  return {
    ...rest,
    facts: { clear: {}, withheld: [], absent: [], erased: true },
    people: [],
  };
};

/**
 * Encrypts what is personal in an entry.
 * @param isErased whether the data of a person or contact with this hash was erased after a time
 */
export async function sealEntry(
  unsealed: Unsealed,
  keys: PeopleKeys,
  dataKey: DataKey,
  isErased: (hash: string, at: number) => boolean,
): Promise<StoredEntry> {
  const { entry, ids, body, mentioned } = unsealed;
  const { person, contact, facts, body: _, ids: __, ...rest } = entry;
  const people = [person, contact].filter((hash) => hash !== undefined);
  const gone = (hash: string): boolean => isErased(hash, entry.eventTime);
  if (people.some(gone)) return erasedEntry(entry);
  const { hashed, ...clear } = facts;
  const under = keysFor(unsealed, dataKey);
  const owner = ownerOf(entry);
  const names = { ids, body };
  // Few callbacks mention other contacts. Their names have a key of more people than the rest.
  const isShared = mentioned.length > 0;
  const mayName = !mentioned.some(gone) && (ids !== undefined || body !== undefined);
  const own = { hashed, ...(isShared ? {} : names) };
  const isEmpty = Object.keys(hashed).length === 0 && (isShared || !mayName);
  return {
    ...rest,
    facts: clear,
    people: people.map((hash) => refOf(hash, dataKey)),
    ...(owner === undefined ? {} : { owner: refOf(owner, dataKey) }),
    // Where there is an owner, something is encrypted under the key: reading it tells whether the key was destroyed.
    ...((owner !== undefined || !isEmpty) && {
      own: await keys.encrypt(JSON.stringify(own), owner === undefined ? [] : under.slice(0, 1)),
    }),
    ...(isShared &&
      mayName && {
        named: {
          by: under.map(({ ref }) => ref),
          data: await keys.encrypt(JSON.stringify(names), under),
        },
      }),
  };
}

const names = { ids: v.optional(v.string()), body: v.optional(v.string()) };
const Own = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ hashed: v.record(v.string(), v.string()), ...names }),
);
const Named = v.pipe(v.string(), v.parseJson(), v.object(names));
const NOTHING = JSON.stringify({ hashed: {} });

/** Returns the keys that an entry is read with. */
export function keysOf({
  class: kind,
  receivedAt,
  owner,
  named,
}: StoredEntry): readonly WantedKey[] {
  const period = periodOf(kind, receivedAt);
  const refs = [...(owner === undefined ? [] : [owner]), ...(named?.by ?? [])];
  return refs.map((ref) => ({ period, ref }));
}

/** Decrypts an entry. Where a key was destroyed it is an entry without the person and the facts. */
export async function openEntry(stored: StoredEntry, keys: PeopleKeys): Promise<Entry> {
  const { owner, own, named, people: _, facts, ...rest } = stored;
  const period = periodOf(stored.class, stored.receivedAt);
  const under = (refs: readonly string[]) => refs.map((ref) => ({ period, ref }));
  const text =
    own === undefined
      ? NOTHING
      : await keys.decrypt(own, under(owner === undefined ? [] : [owner]));
  if (text === undefined)
    return {
      ...rest,
      facts: { clear: {}, hashed: {}, withheld: [], absent: [], erased: true },
    };
  const { hashed, ...opened } = v.parse(Own, text);
  const shared = named && (await keys.decrypt(named.data, under(named.by)));
  return {
    ...rest,
    ...(owner === undefined ? {} : { person: owner }),
    facts: { ...facts, hashed },
    ...opened,
    ...(shared === undefined ? {} : v.parse(Named, shared)),
  };
}
