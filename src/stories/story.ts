import * as v from 'valibot';
import { ExpectedAlert } from '../rules/model/rule.ts';
import {
  Duration,
  described,
  isRealDay,
  NO_SUCH_DAY,
  Rate,
  SchemaLine,
} from '../rules/model/values.ts';
import { ExpectedAction } from '../rules/prove/expected-action.ts';

const Names = v.array(v.string());
const Refusal = v.picklist(['all', 'marketing', 'notification']);

/** The expected result of a step. An empty list means none at all. */
export const Expected = v.strictObject({
  fires: v.optional(described('Rules that fire.', Names)),
  does_not_fire: v.optional(described('Rules that do not fire.', Names)),
  actions: v.optional(
    described(
      'Actions that run: `"throttle"`, or `{"action": "throttle", "params": {"to": "10/minute"}}`.',
      v.array(ExpectedAction),
    ),
  ),
  not_actions: v.optional(described('Actions that do not run.', v.array(ExpectedAction))),
  told: v.optional(
    described(
      'Destinations that receive an alert, or the expected alert.',
      v.array(v.union([v.string(), ExpectedAlert])),
    ),
  ),
  not_told: v.optional(described('Destinations that receive no alert.', Names)),
  refuses: v.optional(
    described(
      'What the person refuses after the step: `"all"`, `["marketing"]`, or `"nothing"`.',
      v.union([v.literal('nothing'), Refusal, v.array(Refusal)]),
    ),
  ),
  limit: v.optional(
    described(
      'The strictest limit of the sender after the step: `"10/minute"`, or `"none"`.',
      v.union([v.literal('none'), Rate], 'expected a rate like "10/minute", "0", or "none"'),
    ),
  ),
});
export type Expected = v.InferOutput<typeof Expected>;

/** One step of a story. Without a callback it only checks the person and the sender of the previous callback. */
export const Step = v.strictObject({
  name: v.optional(described('What happens, in words.', v.string())),
  at: v.optional(
    described(
      'The time of receipt. By default `after` the previous step, or at the same time.',
      v.pipe(
        v.string(),
        v.isoTimestamp('expected a time like "2026-11-02T09:00:00Z"'),
        v.check(isRealDay, NO_SUCH_DAY),
      ),
    ),
  ),
  after: v.optional(described('The time since the previous step.', Duration)),
  late: v.optional(described('How long before its receipt the event happened.', Duration)),
  callback: v.optional(described('The callback, as Sinch sends it.', v.looseObject({}))),
  sample: v.optional(
    described('A sample callback of Signalbox, by the name that `send` uses.', v.string()),
  ),
  set: v.optional(
    described(
      'Fields of the callback to change: `{"message.channel_identity.identity": "447700900123"}`.',
      v.record(v.string(), v.unknown()),
    ),
    {},
  ),
  again: v.optional(
    described(
      'Sinch delivers the same callback again. Otherwise each step is a separate event, even with the same callback.',
      v.boolean(),
    ),
    false,
  ),
  times: v.optional(
    described(
      'The number of such callbacks, each as a separate event.',
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000)),
    ),
  ),
  every: v.optional(described('The interval between them.', Duration)),
  given: v.optional(
    described('Facts to set, regardless of the story so far.', v.record(v.string(), v.unknown())),
    {},
  ),
  sent_again_as: v.optional(
    described(
      'The failed message is resent under this id, so that its reports count as the next attempt.',
      v.pipe(v.string(), v.nonEmpty()),
    ),
  ),
  then: v.optional(described('The expected result.', Expected), {}),
});
export type Step = v.InferOutput<typeof Step>;

/** A sequence of callbacks with the expected result of the whole rulebook for each: rules/tests/<name>.json. */
export const Story = v.strictObject({
  $schema: SchemaLine,
  name: described('The file has the same name.', v.pipe(v.string(), v.nonEmpty())),
  why: described('What it shows.', v.pipe(v.string(), v.nonEmpty())),
  steps: described('The steps, in order.', v.pipe(v.array(Step), v.nonEmpty())),
});
export type Story = v.InferOutput<typeof Story>;
