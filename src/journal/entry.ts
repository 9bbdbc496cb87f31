import * as v from 'valibot';

/** The largest body that is stored, in bytes: encrypted, it must fit into a queue message (128 KB). */
export const MAX_BODY = 64_000;

const Maybe = v.optional(v.string());

/**
 * The outcome of an action. State actions are `done` or `failed` at once. Effects are `queued`, then
 * `done`, `skipped` (with the reason), `retried` (failed, will be tried again), `waiting` (held) or
 * `failed` (a dead letter). `noted` is an action that only writes this record.
 */
export const ActionOutcome = v.picklist([
  'queued',
  'done',
  'retried',
  'waiting',
  'skipped',
  'failed',
  'noted',
]);
export type ActionOutcome = v.InferOutput<typeof ActionOutcome>;

/** An action of a rule that fired, and its outcome. */
export const JournalledAction = v.object({
  rule: v.string(),
  action: v.string(),
  /** Its position in the rule's `then`, from 0. */
  position: v.number(),
  outcome: ActionOutcome,
  detail: Maybe,
  /** When the outcome was known, in milliseconds since 1970. */
  at: v.optional(v.number()),
});
export type JournalledAction = v.InferOutput<typeof JournalledAction>;

/** A rule that fired, failed, or would have fired (`shadow`). */
export const JournalledRule = v.object({
  rule: v.string(),
  outcome: v.picklist(['fired', 'erred', 'shadow']),
  detail: Maybe,
});
export type JournalledRule = v.InferOutput<typeof JournalledRule>;

/** The stored facts of a callback. A fact of the trigger that is in none of these lists was missing. */
export const StoredFacts = v.object({
  /** Facts that are not personal, with their values. */
  clear: v.record(v.string(), v.unknown()),
  /** Short personal texts, each as a keyed hash, so that equality can be evaluated. */
  hashed: v.record(v.string(), v.string()),
  /** Facts that were present and are not stored: long texts, lists, objects. */
  withheld: v.array(v.string()),
  /** Paths that rules used and that were missing in the payload. Other paths are unknown. */
  absent: v.array(v.string()),
  /** The person’s data was erased: all facts are unknown. */
  erased: v.optional(v.boolean()),
});
export type StoredFacts = v.InferOutput<typeof StoredFacts>;

/** The class of an entry decides its retention. */
export const EntryClass = v.picklist(['callback', 'consent']);
export type EntryClass = v.InferOutput<typeof EntryClass>;

/** One callback as one rulebook decided it: the key is `id` and `rulebook`. Times are milliseconds since 1970. */
export const Entry = v.object({
  id: v.string(),
  rulebook: v.string(),
  receivedAt: v.number(),
  eventTime: v.number(),
  class: EntryClass,
  trigger: v.string(),
  channel: Maybe,
  appId: v.string(),
  /** The keyed hash of the person's key, as everywhere in Signalbox; in an entry that was read, the reference of the person. */
  person: Maybe,
  /** A keyed hash of Sinch's contact id. */
  contact: Maybe,
  reasonCode: Maybe,
  rules: v.array(JournalledRule),
  actions: v.array(JournalledAction),
  facts: StoredFacts,
  /** Keyed hashes of the ids and metadata that the entry is found by. */
  keys: v.optional(v.array(v.string()), []),
  /** The contact ids that the callback names, by fact, as JSON: for admins, until one of them is erased. On the queue they are encrypted. */
  ids: Maybe,
  /** Decided by a rulebook in shadow: no action was run. */
  shadow: v.optional(v.boolean(), false),
  /** The whole callback: only with the setting JOURNAL_PAYLOAD=keep. On the queue it is encrypted. */
  body: Maybe,
});
export type Entry = v.InferOutput<typeof Entry>;

/** Which entries to read: `since` ≤ received < `until` in milliseconds since 1970, oldest first. */
export interface Span {
  readonly since: number;
  readonly until: number;
  /** The cursor of the last entry that was read. */
  readonly cursor?: string | undefined;
}

/** An entry, and the cursor to continue after it. */
export interface ReadEntry {
  readonly entry: Entry;
  readonly cursor: string;
}
