import * as v from 'valibot';
import { defineOperation, Page, Time, text } from './operation.ts';

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
  heartbeats: v.array(
    v.object({
      trigger: v.string(),
      app_id: v.optional(v.string()),
      channel: v.optional(v.string()),
      quiet_for: v.string(),
      severity: v.string(),
      last_at: v.nullable(Time),
      silent: v.boolean(),
    }),
  ),
  /** Triggers that rules use and that no callback has had yet. */
  unseen_triggers: v.array(v.string()),
});

/** Work that could not be done, and why. */
export const DeadLetter = v.looseObject({
  id: v.string(),
  at: Time,
  queue: v.string(),
  action: v.nullable(v.string()),
  rule: v.nullable(v.string()),
  callback: v.nullable(v.string()),
  code: v.string(),
  reason: v.string(),
  attempts: v.number(),
  redelivered_at: v.nullable(Time),
  /** The actor and reason, where it was dropped. */
  dropped: v.nullable(v.string()),
});

/** The actor and the reason of dropping a dead letter. */
export const GivingUp = v.strictObject({ actor: text(100), reason: text(500) });

/** Why something is redelivered: the Worker's log has it, with the name of the token. */
export const ReasonQuery = { reason: v.optional(text(500)) };

/** A page, and the entry after which it begins. */
export const PageQuery = { limit: v.optional(Page, '50'), before: v.optional(text()) };

/** A signed body that cannot be read, and why. */
export const Quarantined = v.object({
  id: v.string(),
  /** When it arrived last. */
  at: Time,
  code: v.string(),
  reason: v.string(),
  bytes: v.number(),
  /** How often it arrived. */
  times: v.number(),
  redelivered_at: v.nullable(Time),
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

export const listDeadLetters = defineOperation({
  name: 'listDeadLetters',
  method: 'get',
  path: '/v1/dead-letters',
  role: 'read',
  summary: 'Dead letters',
  description: 'Newest first; `before` continues after a dead letter.',
  query: PageQuery,
  responses: {
    200: {
      description: 'Dead letters, and the next page.',
      content: v.object({ dead_letters: v.array(DeadLetter), next: v.nullable(v.string()) }),
    },
  },
});

export const redeliverDeadLetter = defineOperation({
  name: 'redeliverDeadLetter',
  method: 'post',
  path: '/v1/dead-letters/:id/redeliver',
  role: 'admin',
  summary: 'Redeliver a dead letter',
  params: { id: v.string() },
  query: ReasonQuery,
  responses: {
    200: {
      description: 'The work is back on its queue.',
      content: v.object({ redelivered: DeadLetter }),
    },
    422: { description: 'The deployed version cannot read it.' },
  },
});

export const dropDeadLetter = defineOperation({
  name: 'dropDeadLetter',
  method: 'post',
  path: '/v1/dead-letters/:id/drop',
  role: 'admin',
  summary: 'Drop a dead letter',
  description:
    'It stays on record with actor and reason; `/healthz` and the metrics no longer count it. It can still be redelivered.',
  params: { id: v.string() },
  body: GivingUp,
  responses: {
    200: { description: 'The dead letter is dropped.', content: v.object({ dropped: DeadLetter }) },
  },
});

export const listQuarantine = defineOperation({
  name: 'listQuarantine',
  method: 'get',
  path: '/v1/quarantine',
  role: 'read',
  summary: 'Signed bodies that cannot be read',
  description:
    'Newest first; `before` continues after an entry. The bodies are not returned, because they may identify people.',
  query: PageQuery,
  responses: {
    200: {
      description: 'Entries, and the next page.',
      content: v.object({ quarantine: v.array(Quarantined), next: v.nullable(v.string()) }),
    },
  },
});

export const redeliverQuarantined = defineOperation({
  name: 'redeliverQuarantined',
  method: 'post',
  path: '/v1/quarantine/:id/redeliver',
  role: 'admin',
  summary: 'Redeliver a body that can be read by now',
  description:
    'Processes it like a callback, behind a queue. While it cannot be read, it stays and the response is 422.',
  params: { id: v.string() },
  query: ReasonQuery,
  responses: {
    200: {
      description: 'The body is on the queue.',
      content: v.object({ redelivered: Quarantined }),
    },
    422: { description: 'It cannot be read; `detail` states why.' },
  },
});

export const operations = [
  readHealth,
  readMetrics,
  listDeadLetters,
  redeliverDeadLetter,
  dropDeadLetter,
  listQuarantine,
  redeliverQuarantined,
] as const;
