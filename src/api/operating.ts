import * as v from 'valibot';
import { type Operation, Time } from './operation.ts';

const Lag = v.optional(v.object({ waiting: v.number(), oldest_seconds: v.number() }));

/** How a deployment is. It is open, so it names no values. */
const Health = v.looseObject({
  ok: v.boolean(),
  /** What is wrong, a sentence each. */
  troubles: v.array(v.string()),
  rulebook: v.nullable(v.looseObject({})),
  queues: v.looseObject({ effects: Lag, callbacks: Lag, journal: Lag }),
  dead_letters: v.nullable(v.number()),
  /** Triggers that rules listen to and no callback on record ever brought. */
  never_brought: v.array(v.string()),
});

/** Something that could not be done, and why. */
const DeadLetter = v.looseObject({
  id: v.string(),
  at: Time,
  queue: v.string(),
  action: v.nullable(v.string()),
  rule: v.nullable(v.string()),
  callback: v.nullable(v.string()),
  code: v.string(),
  reason: v.string(),
  attempts: v.number(),
  replayed_at: v.nullable(Time),
});

export const operations = (): readonly Operation[] => [
  {
    method: 'get',
    path: '/healthz',
    needs: 'open',
    summary: 'Is all well?',
    answers: { 200: { says: 'All is well.', content: Health }, 503: { says: 'It says what is not.', content: Health } },
  },
  {
    method: 'get',
    path: '/metrics',
    needs: 'read',
    summary: 'What Prometheus collects',
    says: 'Callbacks, rules and actions of the last hour, dead letters, held work, open reviews, queues, the rulebook in force.',
    answers: {
      200: { says: 'The text form of Prometheus.', content: { type: 'text/plain', says: 'One sample a line.' } },
    },
  },
  {
    method: 'get',
    path: '/v1/dead-letters',
    needs: 'read',
    summary: 'What could not be done',
    says: 'The newest first; `before` goes on behind a letter.',
    query: { limit: v.optional(v.string()), before: v.optional(v.string()) },
    answers: {
      200: {
        says: 'Letters, and where to go on.',
        content: v.object({ dead_letters: v.array(DeadLetter), next: v.nullable(v.string()) }),
      },
    },
  },
  {
    method: 'post',
    path: '/v1/dead-letters/:id/replay',
    needs: 'admin',
    summary: 'Try a dead letter again',
    params: { id: v.string() },
    answers: { 200: { says: 'It is back on its queue.', content: v.object({ replayed: DeadLetter }) } },
  },
];
