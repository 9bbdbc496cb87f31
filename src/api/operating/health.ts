import * as v from 'valibot';
import { defineOperation, Time } from '../operation.ts';

/** A heartbeat of alerts.json: its last callback, and whether it has been silent for too long. */
export const HeartbeatAnswer = v.object({
  trigger: v.string(),
  app_id: v.optional(v.string()),
  channel: v.optional(v.string()),
  quiet_for: v.string(),
  severity: v.string(),
  last_at: v.nullable(Time),
  silent: v.boolean(),
});

const Lag = v.optional(v.object({ waiting: v.number(), oldest_seconds: v.number() }));

/** The health of a deployment. It needs no token, so it contains no values of settings. */
const Health = v.looseObject({
  ok: v.boolean(),
  /** The code that runs: the version, and the git commit it was built from; `unknown` outside a git checkout. */
  build: v.object({ version: v.string(), commit: v.string() }),
  /** The problems, one sentence each. */
  troubles: v.array(v.string()),
  rulebook: v.nullable(v.looseObject({})),
  queues: v.looseObject({ effects: Lag, forwards: Lag, callbacks: Lag, journal: Lag }),
  dead_letters: v.nullable(v.number()),
  /** The signed bodies of the last day that cannot be read and were not redelivered, and the code of the newest one. */
  quarantine: v.nullable(v.object({ last_day: v.number(), newest_code: v.nullable(v.string()) })),
  /** The size of the journal, and its share of what its database may hold; null where it cannot be read. */
  journal: v.nullable(v.object({ bytes: v.number(), share: v.number() })),
  /** The callbacks of the last hour that were refused, by error code and app; apps that no setting names are `other`. */
  refused: v.array(v.object({ code: v.string(), app: v.string(), count: v.number() })),
  /** The heartbeats of alerts.json: when a callback last arrived, and whether it has been silent for too long. */
  heartbeats: v.array(HeartbeatAnswer),
  /** Triggers that rules use and that no callback has had yet. */
  unseen_triggers: v.array(v.string()),
});

export const readHealth = defineOperation({
  name: 'readHealth',
  method: 'get',
  path: '/healthz',
  role: 'open',
  summary: 'Health',
  responses: {
    200: { description: 'No problem.', content: Health },
    503: { description: 'The problems.', content: Health },
  },
});

export const readMetrics = defineOperation({
  name: 'readMetrics',
  method: 'get',
  path: '/metrics',
  role: 'read',
  summary: 'Metrics for Prometheus',
  description:
    'Callbacks, rules and actions of the last hour, dead letters, quarantine, held work, open reviews, queues, the rulebook in force.',
  responses: {
    200: {
      description: 'Prometheus text format.',
      content: { type: 'text/plain', description: 'One sample per line.' },
    },
  },
});

export const operations = [readHealth, readMetrics] as const;
