/** What the feed of changes reports. */
export const CHANGE_KINDS = [
  'consent_withdrawn',
  'consent_given',
  'contacts_merged',
  'capability',
  'erased',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

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
  /** What the API shows beside it. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A change in the feed: `seq` grows, and no change is added behind one that was read. */
export interface FeedEntry extends Omit<Change, 'place' | 'other'> {
  readonly seq: number;
}
