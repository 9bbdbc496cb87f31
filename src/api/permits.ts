import * as v from 'valibot';
import { Content } from '../rules/model/values.ts';
import { Channel, defineOperation, Problem, text } from './operation.ts';

/** Some sends of one kind that somebody is about to make. */
export const PermitRequest = v.strictObject({
  app_id: text(),
  channel: Channel,
  content: Content,
  count: v.pipe(
    v.number(),
    v.integer('expected a whole number'),
    v.minValue(1, 'expected at least 1'),
    v.maxValue(1_000_000, 'at most 1000000 at once'),
  ),
});
export type PermitRequest = v.InferInput<typeof PermitRequest>;

export const PermitAnswer = v.object({
  /** So many may go now, and count as sent. */
  granted: v.number(),
  /** Seconds after which to ask for the rest. */
  retry_after: v.optional(v.number()),
});
export type PermitAnswer = v.InferOutput<typeof PermitAnswer>;

export const takePermits = defineOperation({
  name: 'takePermits',
  method: 'post',
  path: '/v1/permits',
  role: 'send',
  summary: 'How many may go now?',
  description:
    'Takes permits from the throttle in force. Granted permits count as sent; whoever does not use one loses it.',
  body: PermitRequest,
  responses: {
    200: {
      description:
        'How many may go now, and after how many seconds to ask for the rest (`retry_after`).',
      content: PermitAnswer,
    },
    503: {
      description:
        '`throttle_unavailable`: the limits cannot be read, so none may go now; try again.',
      content: Problem,
    },
  },
});

export const operations = [takePermits] as const;
