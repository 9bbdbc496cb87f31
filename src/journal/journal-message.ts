import * as v from 'valibot';
import { ActionOutcome, Entry } from './entry.ts';

/** What became of an effect behind the queue. */
const OutcomeNote = v.object({
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

/** Something that Sinch sent and nobody here had seen before. `value` is empty where only the name is new. */
export const Drift = v.object({
  /** The day of receipt, UTC: `2026-11-20`. */
  day: v.string(),
  kind: v.picklist(['trigger', 'event type', 'value', 'field']),
  trigger: v.string(),
  name: v.string(),
  value: v.string(),
  at: v.number(),
  callbackId: v.string(),
  /** The callback with everything that may name a person replaced: JSON. */
  fixture: v.string(),
});
export type Drift = v.InferOutput<typeof Drift>;

/** What travels on the `journal` queue. Addresses are hashed and bodies sealed before they get there. */
export const Note = v.variant('kind', [
  v.object({ kind: v.literal('entry'), entry: Entry }),
  OutcomeNote,
  v.object({ kind: v.literal('drift'), drift: Drift }),
]);
export type Note = v.InferOutput<typeof Note>;
