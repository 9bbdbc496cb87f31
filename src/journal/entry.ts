import * as v from 'valibot';

/** The most of a body that is kept, in bytes: sealed, it must fit into a queue message (128 KB). */
export const MAX_BODY = 64_000;

const Maybe = v.optional(v.string());

/**
 * What became of an action. State actions are `done` or `failed` at once; effects are `queued`, then `done`, `skipped`
 * (with the reason), `retried` (tried, and to be tried again), `waiting` (held back on purpose) or `failed` (a dead letter).
 * `noted` is an action that only leaves this trace.
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

/** An action of a rule that fired, and what became of it. */
export const JournalledAction = v.object({
  rule: v.string(),
  action: v.string(),
  /** Its position in the rule's `then`, from 0. */
  position: v.number(),
  outcome: ActionOutcome,
  detail: Maybe,
  /** When that was known, in milliseconds since 1970. */
  at: v.optional(v.number()),
});
export type JournalledAction = v.InferOutput<typeof JournalledAction>;

/** A rule that did not stay silent. `shadow`: it would have fired. */
export const JournalledRule = v.object({
  rule: v.string(),
  outcome: v.picklist(['fired', 'erred', 'shadow']),
  detail: Maybe,
});
export type JournalledRule = v.InferOutput<typeof JournalledRule>;

/** The facts of a callback as far as they are kept. A fact of the vocabulary that stands nowhere here was missing. */
export const StoredFacts = v.object({
  /** Facts that say nothing of a person, as they were. */
  clear: v.record(v.string(), v.unknown()),
  /** Short texts that may name a person or be a person's words: a keyed hash of each, so that equality can be asked. */
  hashed: v.record(v.string(), v.string()),
  /** Facts that were there and are not kept: long texts, lists, objects. */
  withheld: v.array(v.string()),
  /** Fields that rules looked for by a path and that were missing. Other paths were never looked for: unknown. */
  absent: v.array(v.string()),
  /** The person’s data was erased: nothing is known any more. */
  erased: v.optional(v.boolean()),
});
export type StoredFacts = v.InferOutput<typeof StoredFacts>;

/** How long an entry is kept goes by its class. */
export const EntryClass = v.picklist(['callback', 'consent']);
export type EntryClass = v.InferOutput<typeof EntryClass>;

/** One callback as it was decided by one rulebook: the key is `id` and `rulebook`. Times are milliseconds since 1970. */
export const Entry = v.object({
  id: v.string(),
  rulebook: v.string(),
  receivedAt: v.number(),
  eventTime: v.number(),
  class: EntryClass,
  trigger: v.string(),
  channel: Maybe,
  appId: v.string(),
  /** The keyed hash of the person's key, as everywhere in Signalbox. */
  person: Maybe,
  /** A keyed hash of Sinch's contact id. */
  contact: Maybe,
  reasonCode: Maybe,
  rules: v.array(JournalledRule),
  actions: v.array(JournalledAction),
  facts: StoredFacts,
  /** Decided by a rulebook that is only tried: nothing was done. */
  shadow: v.optional(v.boolean(), false),
  /** The whole callback, sealed: only with the setting JOURNAL_PAYLOAD=keep. */
  body: Maybe,
});
export type Entry = v.InferOutput<typeof Entry>;

/** Which entries to read: `since` ≤ received < `until` in milliseconds since 1970, the oldest first. */
export interface Span {
  readonly since: number;
  readonly until: number;
  /** Where an earlier reading ended: reading goes on behind it. */
  readonly cursor?: string | undefined;
}

/** An entry that was read, and where to go on from. */
export interface ReadEntry {
  readonly entry: Entry;
  readonly cursor: string;
}
