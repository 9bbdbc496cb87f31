import * as v from 'valibot';
import { Content } from '../../rules/model/values.ts';
import { Channel, defineOperation, Problem, text } from '../operation.ts';

/** A number of sends of one kind that the caller is about to make. */
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
  /** The number of messages that may be sent now. They count as sent. */
  granted: v.number(),
  /** Seconds to wait before asking for the rest. */
  retry_after: v.optional(v.number()),
});
export type PermitAnswer = v.InferOutput<typeof PermitAnswer>;

export const takePermits = defineOperation({
  name: 'takePermits',
  method: 'post',
  path: '/v1/permits',
  role: 'send',
  summary: 'Take send permits',
  description:
    'Takes permits from the throttle in force. Granted permits count as sent; an unused permit is lost.',
  body: PermitRequest,
  responses: {
    200: {
      description:
        'The number of granted permits, and the seconds to wait before asking for the rest (`retry_after`).',
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
