import type { ChangeKind } from '../../api/consent/changes.ts';
import type { Address } from '../../callbacks/model.ts';
import { contactKey } from '../../callbacks/person.ts';

/** A change as its owner stores it until it is in the feed. Times are milliseconds since 1970. */
export interface Change {
  /** The same for a repetition of the same change. */
  readonly id: string;
  readonly kind: ChangeKind;
  /** When it happened. */
  readonly at: number;
  /** When its owner stored it; it never decreases within a shard. */
  readonly recordedAt: number;
  /** Its place among the changes of its shard. */
  readonly place: number;
  /** The keyed hash of the person or the contact. */
  readonly subject: string;
  /** The keyed hash of the other contact of a merge. */
  readonly other?: string | undefined;
  /** The other fields of the change in the API: see `Change` of src/api/consent/changes.ts. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A change in the feed: `seq` grows, and no change is added behind one that was read. */
export interface FeedEntry extends Omit<Change, 'place' | 'other' | 'data'> {
  readonly seq: number;
  /** The other fields of the change in the API, as JSON. */
  readonly data: string;
}

/** Returns the fields of a change that name the person; the address is null where it is not known. */
export const personFields = (person: string, address: Address | undefined) => ({
  person,
  channel: address?.channel ?? null,
  identity: address?.identity ?? null,
  app_id: address?.appId || null,
});

/** Returns the change of a merge. @param hash makes the keyed hashes of contacts */
export function mergeChange(
  {
    id,
    at,
    preserved,
    deleted,
  }: Readonly<Record<'id' | 'preserved' | 'deleted', string>> & {
    readonly at: number;
  },
  hash: (text: string) => string,
): Omit<Change, 'recordedAt' | 'place'> {
  const subject = hash(contactKey(preserved));
  const ids = { preserved_contact_id: preserved, deleted_contact_id: deleted };
  return {
    ...{ id: `merge/${id}`, kind: 'contacts_merged', at, subject },
    other: hash(contactKey(deleted)),
    data: { contact: subject, ...ids, decision_id: id },
  };
}
