import * as v from 'valibot';
import { Severity } from '../../rules/model/values.ts';
import { defineOperation, Time, text } from '../operation.ts';

const Phase = v.picklist(['firing', 'resolved']);

const Member = v.looseObject({
  rule: v.string(),
  owner: v.string(),
  severity: Severity,
  app_id: v.string(),
  channel: v.string(),
  labels: v.record(v.string(), v.string()),
  title: v.string(),
  /** What it is about, such as a batch; missing: the sender. */
  about: v.optional(v.string()),
  /** How often it was raised; only for a single group. */
  count: v.optional(v.number()),
});

/** A group of alerts. */
export const AlertSummary = v.object({
  id: v.string(),
  state: Phase,
  route: v.string(),
  count: v.number(),
  opened_at: Time,
  first_at: Time,
  last_at: Time,
  resolved_at: v.nullable(Time),
  /** Why no notification is sent: a silence, an inhibition or a schedule. */
  muted: v.nullable(v.string()),
  members: v.array(Member),
});
export type AlertSummary = v.InferOutput<typeof AlertSummary>;

export const AlertList = v.object({ alerts: v.array(AlertSummary) });

/** A group of alerts with its history. */
export const AlertDetail = v.object({
  ...AlertSummary.entries,
  group: v.record(v.string(), v.string()),
  /** How many alerts the group had beyond those in `members`. */
  more_members: v.optional(v.number(), 0),
  /** Its state and next step, in a sentence. */
  message: v.string(),
  next_at: v.nullable(Time),
  /** Notifications that are not delivered yet. */
  waiting: v.array(v.object({ to: v.string(), attempts: v.number(), since: Time, next_at: Time })),
  trail: v.array(v.object({ at: Time, event: v.string(), message: v.string() })),
});
export type AlertDetail = v.InferOutput<typeof AlertDetail>;

export const AlertQuery = {
  state: v.optional(Phase),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,2}$/, 'expected a number from 1 to 999'),
      v.transform(Number),
    ),
    '50',
  ),
};

/** A test alert. Its text states that it is a test. */
export const TestAlert = v.strictObject({
  severity: v.optional(Severity, 'low'),
  owner: v.optional(v.string(), ''),
  rule: v.optional(v.string(), 'test'),
  app_id: v.optional(v.string(), ''),
  channel: v.optional(v.string(), ''),
  labels: v.optional(v.record(v.string(), v.string()), {}),
  to: v.optional(v.string()),
  title: v.optional(text(500), 'A test of the alerts'),
  text: v.optional(v.string(), ''),
  about: v.optional(v.string()),
  sentence: v.optional(v.string(), ''),
  why: v.optional(v.string(), ''),
  next_step: v.optional(v.string()),
  facts: v.optional(v.record(v.string(), v.unknown()), {}),
});
export type TestAlert = v.InferInput<typeof TestAlert>;

export const TestAnswer = v.object({
  sent: v.array(
    v.object({ route: v.string(), to: v.string(), taken: v.boolean(), message: v.string() }),
  ),
});
export type TestAnswer = v.InferOutput<typeof TestAnswer>;

export const listAlerts = defineOperation({
  name: 'listAlerts',
  method: 'get',
  path: '/v1/alerts',
  role: 'read',
  summary: 'Alerts',
  query: AlertQuery,
  responses: {
    200: {
      description: 'Groups of alerts: firing ones first, then the newest first.',
      content: AlertList,
    },
  },
});

export const readAlert = defineOperation({
  name: 'readAlert',
  method: 'get',
  path: '/v1/alerts/:id',
  role: 'read',
  summary: 'Why an alert was sent, or not',
  params: { id: v.string() },
  refuses: ['not_found'],
  responses: { 200: { description: 'The group with its history.', content: AlertDetail } },
});

export const testAlert = defineOperation({
  name: 'testAlert',
  method: 'post',
  path: '/v1/alerts/test',
  role: 'author',
  summary: 'Send a test alert through the routes',
  description:
    'Sends it at once to the destinations that such an alert would reach now, marked as a test. Nothing is grouped or stored.',
  body: TestAlert,
  responses: { 200: { description: 'The response of each destination.', content: TestAnswer } },
});

export const operations = [listAlerts, readAlert, testAlert] as const;
