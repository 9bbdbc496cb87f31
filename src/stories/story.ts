import * as v from 'valibot';
import { Wanted } from '../rules/guardrails.ts';
import { ExpectedAlert } from '../rules/rule.ts';
import { Duration, Rate } from '../rules/values.ts';

const Names = v.array(v.string());
const Refusal = v.picklist(['all', 'marketing', 'notification']);

/** What must, and must not, have happened when a step is over. An empty list means: none at all. */
export const Expected = v.strictObject({
  /** Rules. */
  fires: v.optional(Names),
  does_not_fire: v.optional(Names),
  /** Actions that are done: `"throttle"`, or `{"action": "throttle", "params": {"to": "10/minute"}}`. */
  actions: v.optional(v.array(Wanted)),
  not_actions: v.optional(v.array(Wanted)),
  /** Destinations that an alert goes to, or what the alert must be. */
  told: v.optional(v.array(v.union([v.string(), ExpectedAlert]))),
  not_told: v.optional(Names),
  /** What the person refuses then: `"all"`, `["marketing"]`, or `"nothing"`. */
  refuses: v.optional(v.union([v.literal('nothing'), Refusal, v.array(Refusal)])),
  /** The strictest limit of the sender then: `"10/minute"`, or `"none"`. */
  limit: v.optional(v.union([v.literal('none'), Rate], 'expected a rate like "10/minute", "0", or "none"')),
});
export type Expected = v.InferOutput<typeof Expected>;

/** One thing that happens. Without a callback nothing does: it only looks at the person and the sender of the one before. */
export const Step = v.strictObject({
  name: v.optional(v.string()),
  /** When it is received; else `after` the step before, at the same time if that is missing too. */
  at: v.optional(v.pipe(v.string(), v.isoTimestamp('expected a time like "2026-11-02T09:00:00Z"'))),
  after: v.optional(Duration),
  /** How much earlier it happened than it was received. */
  late: v.optional(Duration),
  callback: v.optional(v.looseObject({})),
  /** A callback that comes with Signalbox, by the name that `send` knows it by. */
  sample: v.optional(v.string()),
  /** Fields of it that are otherwise: `{"message.channel_identity.identity": "447700900123"}`. */
  set: v.optional(v.record(v.string(), v.unknown()), {}),
  /** Sinch delivers this very callback once more. Otherwise each step is another event, even with the same callback. */
  again: v.optional(v.boolean(), false),
  /** So many callbacks of the kind, each as another event, so long after the one before. */
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000))),
  every: v.optional(Duration),
  /** Facts as they are to be, whatever the story so far says. */
  given: v.optional(v.record(v.string(), v.unknown()), {}),
  /** The message that failed is sent again, under this id: reports about it then count as the next attempt. */
  sent_again_as: v.optional(v.pipe(v.string(), v.nonEmpty())),
  then: v.optional(Expected, {}),
});
export type Step = v.InferOutput<typeof Step>;

/** A sequence of callbacks, and what the whole rulebook makes of each: rules/tests/<name>.json. */
export const Story = v.strictObject({
  $schema: v.optional(v.string()),
  name: v.pipe(v.string(), v.nonEmpty()),
  why: v.pipe(v.string(), v.nonEmpty()),
  steps: v.pipe(v.array(Step), v.nonEmpty()),
});
export type Story = v.InferOutput<typeof Story>;
