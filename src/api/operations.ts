import * as v from 'valibot';
import { defineOperation, Page, Time, text } from './operation.ts';

const Lag = v.optional(v.object({ waiting: v.number(), oldest_seconds: v.number() }));

/** How a deployment is. It is open, so it names no values. */
const Health = v.looseObject({
  ok: v.boolean(),
  /** What is wrong, a sentence each. */
  troubles: v.array(v.string()),
  rulebook: v.nullable(v.looseObject({})),
  queues: v.looseObject({ effects: Lag, callbacks: Lag, journal: Lag }),
  dead_letters: v.nullable(v.number()),
  /** Signed bodies of the last day that cannot be read and were not redelivered, and the newest one's code. */
  quarantine: v.nullable(v.object({ last_day: v.number(), newest_code: v.nullable(v.string()) })),
  /** Triggers that rules listen to and no callback ever brought. */
  unseen_triggers: v.array(v.string()),
});

/** Something that could not be done, and why. */
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
  /** By whom and why it was given up. */
  dropped: v.nullable(v.string()),
});

/** Who gives a dead letter up, and why. */
export const GivingUp = v.strictObject({ actor: text(100), reason: text(500) });

/** A page, and the entry behind which it begins. */
export const PageQuery = { limit: v.optional(Page, '50'), before: v.optional(text()) };

/** A signed body that cannot be read, and why. */
export const Quarantined = v.object({
  id: v.string(),
  /** When it came, for the last time. */
  at: Time,
  code: v.string(),
  reason: v.string(),
  bytes: v.number(),
  /** How often it came. */
  times: v.number(),
  redelivered_at: v.nullable(Time),
});

export const readHealth = defineOperation({
  name: 'readHealth',
  method: 'get',
  path: '/healthz',
  role: 'open',
  summary: 'Is all well?',
  responses: {
    200: { description: 'All is well.', content: Health },
    503: { description: 'It says what is not.', content: Health },
  },
});

export const readMetrics = defineOperation({
  name: 'readMetrics',
  method: 'get',
  path: '/metrics',
  role: 'read',
  summary: 'What Prometheus collects',
  description:
    'Callbacks, rules and actions of the last hour, dead letters, what cannot be read, held work, open reviews, queues, the rulebook in force.',
  responses: {
    200: {
      description: 'The text form of Prometheus.',
      content: { type: 'text/plain', description: 'One sample a line.' },
    },
  },
});

export const listDeadLetters = defineOperation({
  name: 'listDeadLetters',
  method: 'get',
  path: '/v1/dead-letters',
  role: 'read',
  summary: 'What could not be done',
  description: 'The newest first; `before` goes on behind a letter.',
  query: PageQuery,
  responses: {
    200: {
      description: 'Letters, and where to go on.',
      content: v.object({ dead_letters: v.array(DeadLetter), next: v.nullable(v.string()) }),
    },
  },
});

export const redeliverDeadLetter = defineOperation({
  name: 'redeliverDeadLetter',
  method: 'post',
  path: '/v1/dead-letters/:id/redeliver',
  role: 'admin',
  summary: 'Try a dead letter again',
  params: { id: v.string() },
  responses: {
    200: {
      description: 'It is back on its queue.',
      content: v.object({ redelivered: DeadLetter }),
    },
    422: { description: 'The version that is deployed cannot read it.' },
  },
});

export const dropDeadLetter = defineOperation({
  name: 'dropDeadLetter',
  method: 'post',
  path: '/v1/dead-letters/:id/drop',
  role: 'admin',
  summary: 'Give a dead letter up',
  description:
    'It stays on record, with who and why, and `/healthz` and the metrics count it no longer. It can still be redelivered.',
  params: { id: v.string() },
  body: GivingUp,
  responses: {
    200: { description: 'It is given up.', content: v.object({ dropped: DeadLetter }) },
  },
});

export const listQuarantine = defineOperation({
  name: 'listQuarantine',
  method: 'get',
  path: '/v1/quarantine',
  role: 'read',
  summary: 'What was signed and cannot be read',
  description:
    'The newest first; `before` goes on behind an entry. The bodies stay where they are: they may name people.',
  query: PageQuery,
  responses: {
    200: {
      description: 'Bodies, and where to go on.',
      content: v.object({ quarantine: v.array(Quarantined), next: v.nullable(v.string()) }),
    },
  },
});

export const redeliverQuarantined = defineOperation({
  name: 'redeliverQuarantined',
  method: 'post',
  path: '/v1/quarantine/:id/redeliver',
  role: 'admin',
  summary: 'Put a body on its way that can be read by now',
  description:
    'It takes the way of a callback, behind a queue. As long as it cannot be read it stays, and the answer is 422.',
  params: { id: v.string() },
  responses: {
    200: { description: 'It is on the queue.', content: v.object({ redelivered: Quarantined }) },
    422: { description: 'It cannot be read: why.' },
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
