import * as v from 'valibot';
import { ActionOutcome, Entry } from './entry.ts';

/** The outcome of an effect, reported by the queue consumer. */
export const OutcomeNote = v.object({
  kind: v.literal('outcome'),
  id: v.string(),
  rulebook: v.string(),
  rule: v.string(),
  position: v.number(),
  action: v.string(),
  outcome: ActionOutcome,
  detail: v.string(),
  at: v.number(),
});

export type OutcomeNote = v.InferOutput<typeof OutcomeNote>;

/** A trigger, event type, value or field that Signalbox does not know. `value` is empty where only the name is new. */
export const Drift = v.object({
  /** The day of receipt, UTC: `2026-11-20`. */
  day: v.string(),
  kind: v.picklist(['trigger', 'event type', 'value', 'field']),
  trigger: v.string(),
  name: v.string(),
  value: v.string(),
  at: v.number(),
  callbackId: v.string(),
  /** The callback as JSON, with everything that may name a person replaced. */
  fixture: v.string(),
});
export type Drift = v.InferOutput<typeof Drift>;

/** One record. Addresses are hashed and bodies encrypted before they are queued. */
export const Note = v.variant('kind', [
  v.object({ kind: v.literal('entry'), entry: Entry }),
  OutcomeNote,
  v.object({ kind: v.literal('drift'), drift: Drift }),
]);
export type Note = v.InferOutput<typeof Note>;

/** A message on the `journal` queue: many notes of an isolate, or one. */
export const JournalMessage = v.union([
  v.object({ kind: v.literal('notes'), notes: v.array(Note) }),
  Note,
]);
export type JournalMessage = v.InferOutput<typeof JournalMessage>;

/** Returns the notes of a message. */
export const notesIn = (message: JournalMessage): readonly Note[] =>
  message.kind === 'notes' ? message.notes : [message];
