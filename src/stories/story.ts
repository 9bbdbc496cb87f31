import * as v from 'valibot';
import { ExpectedAlert } from '../rules/model/rule.ts';
import { Duration, described, Rate, SchemaLine } from '../rules/model/values.ts';
import { ExpectedAction } from '../rules/prove/expected-action.ts';

const Names = v.array(v.string());
const Refusal = v.picklist(['all', 'marketing', 'notification']);

/** What must, and must not, have happened when a step is over. An empty list means: none at all. */
export const Expected = v.strictObject({
  fires: v.optional(described('Rules that fire.', Names)),
  does_not_fire: v.optional(described('Rules that do not.', Names)),
  actions: v.optional(
    described(
      'Actions that are done: `"throttle"`, or `{"action": "throttle", "params": {"to": "10/minute"}}`.',
      v.array(ExpectedAction),
    ),
  ),
  not_actions: v.optional(described('Actions that are not.', v.array(ExpectedAction))),
  told: v.optional(
    described(
      'Destinations that an alert goes to, or what the alert must be.',
      v.array(v.union([v.string(), ExpectedAlert])),
    ),
  ),
  not_told: v.optional(described('Destinations that no alert goes to.', Names)),
  refuses: v.optional(
    described(
      'What the person refuses then: `"all"`, `["marketing"]`, or `"nothing"`.',
      v.union([v.literal('nothing'), Refusal, v.array(Refusal)]),
    ),
  ),
  limit: v.optional(
    described(
      'The strictest limit of the sender then: `"10/minute"`, or `"none"`.',
      v.union([v.literal('none'), Rate], 'expected a rate like "10/minute", "0", or "none"'),
    ),
  ),
});
export type Expected = v.InferOutput<typeof Expected>;

/** One thing that happens. Without a callback nothing does: it only looks at the person and the sender of the one before. */
export const Step = v.strictObject({
  name: v.optional(described('What happens, in words.', v.string())),
  at: v.optional(
    described(
      'When it is received; else `after` the step before, at the same time if that is missing too.',
      v.pipe(v.string(), v.isoTimestamp('expected a time like "2026-11-02T09:00:00Z"')),
    ),
  ),
  after: v.optional(described('How long after the step before.', Duration)),
  late: v.optional(described('How much earlier it happened than it was received.', Duration)),
  callback: v.optional(described('The callback, as Sinch sends it.', v.looseObject({}))),
  sample: v.optional(
    described(
      'A callback that comes with Signalbox, by the name that `send` knows it by.',
      v.string(),
    ),
  ),
  set: v.optional(
    described(
      'Fields of it that are otherwise: `{"message.channel_identity.identity": "447700900123"}`.',
      v.record(v.string(), v.unknown()),
    ),
    {},
  ),
  again: v.optional(
    described(
      'Sinch delivers this very callback once more. Otherwise each step is another event, even with the same callback.',
      v.boolean(),
    ),
    false,
  ),
  times: v.optional(
    described(
      'So many callbacks of the kind, each as another event.',
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000)),
    ),
  ),
  every: v.optional(described('So long after the one before.', Duration)),
  given: v.optional(
    described(
      'Facts as they are to be, whatever the story so far says.',
      v.record(v.string(), v.unknown()),
    ),
    {},
  ),
  sent_again_as: v.optional(
    described(
      'The message that failed is sent again, under this id: reports about it then count as the next attempt.',
      v.pipe(v.string(), v.nonEmpty()),
    ),
  ),
  then: v.optional(described('What must, and must not, have happened then.', Expected), {}),
});
export type Step = v.InferOutput<typeof Step>;

/** A sequence of callbacks, and what the whole rulebook makes of each: rules/tests/<name>.json. */
export const Story = v.strictObject({
  $schema: SchemaLine,
  name: described('The file is called the same.', v.pipe(v.string(), v.nonEmpty())),
  why: described('What it shows.', v.pipe(v.string(), v.nonEmpty())),
  steps: described('What happens, one after the other.', v.pipe(v.array(Step), v.nonEmpty())),
});
export type Story = v.InferOutput<typeof Story>;
