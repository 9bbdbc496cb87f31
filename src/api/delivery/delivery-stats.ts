import * as v from 'valibot';
import { Moment } from '../decisions/decisions.ts';
import { Channel, defineOperation, Time, text } from '../operation.ts';

/** What the figures can be grouped by. */
export const GROUPS = [
  'app_id',
  'channel',
  'hour',
  'day',
  'month',
  'status',
  'reason_code',
] as const;
export type Group = (typeof GROUPS)[number];

/** A list of groups, without the same one twice and with at most one of hour, day and month. */
export const GroupBy = v.pipe(
  v.string(),
  v.transform((words) =>
    words
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
  v.array(v.picklist(GROUPS, `expected a list of ${GROUPS.join(', ')}`)),
  v.transform((groups) => [...new Set(groups)]),
  v.check(
    (groups) => groups.filter((one) => ['hour', 'day', 'month'].includes(one)).length <= 1,
    'expected only one of hour, day and month',
  ),
);

const Seconds = v.nullable(
  v.object({
    p50: v.number(),
    p95: v.number(),
    /** How many messages they are of: those whose submission is known. */
    messages: v.number(),
  }),
);

/** Counts of messages. A message counts once for each status, with all its reports and retries. */
const Figures = {
  submitted: v.number(),
  queued: v.number(),
  delivered: v.number(),
  read: v.number(),
  /** Failed, and neither delivered nor read by a retry. */
  failed: v.number(),
  failed_by_reason: v.record(v.string(), v.number()),
  /** Went on to another channel. */
  switched: v.number(),
  /** Delivered or read. */
  reached: v.number(),
  /** Reached after a failure, by a retry. */
  recovered: v.number(),
  /** Reached, of those reached or failed; null without any. */
  success_rate: v.nullable(v.number()),
  /** Read, of those reached; null without any. */
  read_rate: v.nullable(v.number()),
  seconds_to_delivered: Seconds,
  seconds_to_read: Seconds,
};

/** The groups of a row, as far as they were asked for. */
const Keys = {
  app_id: v.optional(v.string()),
  channel: v.optional(v.string()),
  /** In the time zone: `2026-11-20T10:00`. */
  hour: v.optional(v.string()),
  day: v.optional(v.string()),
  month: v.optional(v.string()),
};

const FigureGroup = v.object({ ...Keys, ...Figures });
/** With `status` in `group_by`: messages by status. With `reason_code`: failures by reason. */
const StatusGroup = v.object({
  ...Keys,
  status: v.optional(v.string()),
  reason_code: v.optional(v.string()),
  messages: v.number(),
});

export const DeliveryStats = v.object({
  /** The span, widened to quarters of an hour. */
  since: Time,
  until: Time,
  tz: v.string(),
  /** One row a group; none where nothing was counted. Grouped by `status` or `reason_code` a row has only a number of messages. */
  rows: v.array(v.union([FigureGroup, StatusGroup])),
  total: v.object(Figures),
});
export type DeliveryStats = v.InferOutput<typeof DeliveryStats>;

export const readDeliveryStats = defineOperation({
  name: 'readDeliveryStats',
  method: 'get',
  path: '/v1/delivery-stats',
  role: 'read',
  summary: 'How many messages were delivered, read or failed, and how fast',
  description:
    'Counts messages of the Conversation API by the time of the event, per quarter of an hour, kept 400 days. A message counts once for each status, however often and in whatever order its callbacks arrive; one that Signalbox sends again counts once, as its root. A report more than 7 days after the newest one before it counts as another message. Percentiles are at most 7.3 % off. At most 400 days, by the hour 62.',
  query: {
    since: v.optional(Moment, '7d'),
    until: v.optional(Moment),
    /** A list: `app_id,channel,day`. */
    group_by: v.optional(GroupBy, 'channel'),
    app_id: v.optional(text()),
    channel: v.optional(Channel),
    /** The time zone of hours, days and months: `Europe/Stockholm`. */
    tz: v.optional(text(60), 'UTC'),
  },
  responses: { 200: { description: 'The figures.', content: DeliveryStats } },
});

export const operations = [readDeliveryStats] as const;
