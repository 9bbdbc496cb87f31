import * as v from 'valibot';
import { Content } from '../../rules/model/values.ts';
import { Moment } from '../decisions/decisions.ts';
import { defineOperation, Time } from '../operation.ts';
import { HeartbeatAnswer } from './health.ts';

/** A limit on a sender, as its object last published it. */
const Limited = v.object({
  app_id: v.string(),
  channel: v.string(),
  limit: v.object({ to: v.string(), content: Content, until: Time, reason: v.string() }),
});

/** How Signalbox is, and what waits for a person. */
export const OverviewAnswer = v.object({
  health: v.object({ ok: v.boolean(), troubles: v.array(v.string()) }),
  reviews: v.object({ waiting: v.number(), oldest_at: v.nullable(Time) }),
  held: v.object({ waiting: v.number(), oldest_at: v.nullable(Time) }),
  dead_letters: v.number(),
  dead_letters_oldest_at: v.nullable(Time),
  quarantined: v.number(),
  quarantined_oldest_at: v.nullable(Time),
  /** Triggers that rules listen to and no callback ever brought. */
  unseen_triggers: v.array(v.string()),
  /** The heartbeats of alerts.json: when a callback last arrived, and whether it has been silent for too long. */
  heartbeats: v.array(HeartbeatAnswer),
  /** Limits in force; a new one may take a minute to appear. */
  limits: v.array(Limited),
  /** The rulebook in force; `since` is null where it came with the deployment. */
  rulebook: v.object({
    version: v.string(),
    since: v.nullable(Time),
    actor: v.string(),
    message: v.string(),
  }),
  /** Messages of the last 24 hours by channel: delivered (or read), and failed. `GET /v1/delivery-stats` has more. */
  delivery: v.array(v.object({ channel: v.string(), delivered: v.number(), failed: v.number() })),
});
export type OverviewAnswer = v.InferOutput<typeof OverviewAnswer>;

const Counts = v.record(v.string(), v.array(v.number()));

/** Counts over time: each array has one number for each entry of `times`. */
export const SeriesAnswer = v.object({
  since: Time,
  /** How long a step is, in seconds. */
  step_seconds: v.number(),
  /** When each step begins. */
  times: v.array(Time),
  /** Callbacks by trigger. */
  callbacks: Counts,
  /** Firings by rule. */
  firings: Counts,
});
export type SeriesAnswer = v.InferOutput<typeof SeriesAnswer>;

export const readOverview = defineOperation({
  name: 'readOverview',
  method: 'get',
  path: '/v1/overview',
  role: 'read',
  summary: 'How Signalbox is, and what waits for a person',
  responses: { 200: { description: 'The state of now.', content: OverviewAnswer } },
});

export const readSeries = defineOperation({
  name: 'readSeries',
  method: 'get',
  path: '/v1/stats/series',
  role: 'read',
  summary: 'Callbacks and firings over time',
  description: 'By the hour up to two days, by the day beyond. At most 60 days.',
  query: { since: v.optional(Moment, '1d') },
  responses: { 200: { description: 'Counts over time.', content: SeriesAnswer } },
});

export const operations = [readOverview, readSeries] as const;
