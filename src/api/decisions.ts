import * as v from 'valibot';
import { Channel, defineOperation, Page, Time, text } from './operation.ts';

/** A moment, or how long ago: `2026-11-20T10:00:00Z`, `7d`. */
export const Moment = v.pipe(
  v.string(),
  v.regex(
    /^([1-9]\d{0,4}[smhd]|\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?)$/,
    'expected a time like "2026-11-20T10:00:00Z", or how long ago, like "7d"',
  ),
);

/** What became of a rule, of an action, or `none`: no rule said anything. */
const Outcome = v.picklist(
  [
    'fired',
    'shadow',
    'erred',
    'queued',
    'done',
    'retried',
    'waiting',
    'skipped',
    'failed',
    'noted',
    'none',
  ],
  'expected fired, shadow, erred, none, or of an action: queued, done, retried, waiting, skipped, failed, noted',
);

export const DecisionsQuery = {
  since: v.optional(Moment),
  until: v.optional(Moment),
  trigger: v.optional(text()),
  rule: v.optional(text()),
  action: v.optional(text()),
  outcome: v.optional(Outcome),
  channel: v.optional(Channel),
  /** In clear; it is hashed here. */
  identity: v.optional(text()),
  app_id: v.optional(text()),
  /** `true` lists what a rulebook in shadow decided, too. */
  shadow: v.optional(v.picklist(['true', 'false']), 'false'),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(300))),
  limit: v.optional(Page, '50'),
};

const RuleSaid = v.object({
  rule: v.string(),
  outcome: v.string(),
  detail: v.optional(v.string()),
});
const ActionEnded = v.object({
  rule: v.string(),
  action: v.string(),
  outcome: v.string(),
  detail: v.optional(v.string()),
  at: v.optional(Time),
});

/** One callback and what was decided about it. */
export const Decision = v.object({
  /** The callback's id. */
  id: v.string(),
  rulebook: v.string(),
  received_at: Time,
  event_time: Time,
  class: v.string(),
  trigger: v.string(),
  channel: v.nullable(v.string()),
  app_id: v.string(),
  reason_code: v.nullable(v.string()),
  shadow: v.boolean(),
  rules: v.array(RuleSaid),
  actions: v.array(ActionEnded),
});
export type Decision = v.InferOutput<typeof Decision>;

export const Decisions = v.object({
  decisions: v.array(Decision),
  /** Goes on behind the last one: `?cursor=`; null where there is no more. */
  next: v.nullable(v.string()),
});
export type Decisions = v.InferOutput<typeof Decisions>;

const Observation = v.object({
  fact: v.string(),
  operator: v.string(),
  saw: v.string(),
  needs: v.string(),
  unknown: v.optional(v.literal(true)),
});

/** Why one rule fired or did not. */
export const Explained = v.object({
  rule: v.string(),
  outcome: v.picklist([
    'fired',
    'shadow',
    'erred',
    'counted',
    'unknown',
    'did-not-fire',
    'stopped',
    'expired',
    'disabled',
  ]),
  held: v.number(),
  of: v.number(),
  misses: v.array(Observation),
  sentence: v.string(),
});

export const ExplainedDecision = v.object({
  ...Decision.entries,
  /** The rulebook that the explanation goes by: the one of then, unless it is gone. */
  explained_under: v.string(),
  /** What is to be known of the explanation: another rulebook, facts that were not kept. */
  notes: v.array(v.string()),
  /** Facts by name, as they were; those that name a person are not among them. */
  facts: v.record(v.string(), v.unknown()),
  not_kept: v.array(v.string()),
  /** Other rulebooks that decided the same callback: `?rulebook=`. */
  others: v.array(v.string()),
  explanation: v.array(Explained),
});
export type ExplainedDecision = v.InferOutput<typeof ExplainedDecision>;

export const Redelivered = v.object({ redelivered: v.string() });
export type Redelivered = v.InferOutput<typeof Redelivered>;

const Counted = v.array(v.object({ name: v.string(), callbacks: v.number() }));

export const Stats = v.object({
  since: Time,
  /** The oldest callback on record: counts reach no further back. */
  journal_since: v.nullable(Time),
  callbacks: v.number(),
  rules: v.array(
    v.object({
      rule: v.string(),
      fired: v.number(),
      shadow: v.number(),
      erred: v.number(),
      last_fired: v.nullable(Time),
      /** Whether the rulebook in force has it. */
      in_force: v.boolean(),
    }),
  ),
  /** Rules in force that have not fired for 30 days. */
  never_fired: v.array(v.string()),
  triggers: Counted,
  channels: Counted,
  reason_codes: Counted,
});
export type Stats = v.InferOutput<typeof Stats>;

export const Drifts = v.object({
  drift: v.array(
    v.object({
      day: v.string(),
      kind: v.string(),
      trigger: v.string(),
      name: v.string(),
      value: v.string(),
      at: Time,
      callback: v.string(),
      /** The callback with everything that may name a person replaced. */
      fixture: v.unknown(),
    }),
  ),
});
export type Drifts = v.InferOutput<typeof Drifts>;

export const SinceQuery = { since: v.optional(Moment, '30d') };
export const IdParam = {
  id: v.pipe(v.string(), v.regex(/^[0-9A-Z]{26}$/, 'expected the 26 characters of a callback id')),
};
export const DecisionQuery = { rulebook: v.optional(text()) };

export const listDecisions = defineOperation({
  name: 'listDecisions',
  method: 'get',
  path: '/v1/decisions',
  role: 'read',
  summary: 'What was decided?',
  description:
    'The newest first. `identity` is given in clear and hashed here; without `channel` it is looked for on all of them. With `app_id` only is it found where identities belong to an app: Messenger, Instagram, LINE, WeChat, Viber bot.',
  query: DecisionsQuery,
  responses: { 200: { description: 'A page of decisions.', content: Decisions } },
});

export const readDecision = defineOperation({
  name: 'readDecision',
  method: 'get',
  path: '/v1/decisions/:id',
  role: 'read',
  summary: 'Why did each rule fire, or not, for this callback?',
  description:
    'Recomputed from the facts kept, under the rulebook that decided. A fact that was not kept is named as not kept.',
  params: IdParam,
  query: DecisionQuery,
  responses: {
    200: { description: 'The decision and its explanation.', content: ExplainedDecision },
    404: { description: 'Nothing is on record under this id.' },
  },
});

export const readDecidedCallback = defineOperation({
  name: 'readDecidedCallback',
  method: 'get',
  path: '/v1/decisions/:id/callback',
  role: 'admin',
  summary: 'The callback itself',
  description:
    'As it came, where it is kept: setting JOURNAL_PAYLOAD=keep. It may name a person and hold a text.',
  params: IdParam,
  responses: {
    200: { description: 'The callback.', content: v.record(v.string(), v.unknown()) },
    404: { description: 'Nothing is on record under this id.' },
    409: { description: 'The callback itself was not kept.' },
  },
});

export const redeliverCallback = defineOperation({
  name: 'redeliverCallback',
  method: 'post',
  path: '/v1/decisions/:id/redeliver',
  role: 'admin',
  summary: 'Take the callback its way once more, by the rules of now',
  description:
    'Through the queue. What was done is not done again; only what other rules want now. Needs the setting JOURNAL_PAYLOAD=keep.',
  params: IdParam,
  responses: {
    202: { description: 'It is in the queue.', content: Redelivered },
    404: { description: 'Nothing is on record under this id.' },
    409: { description: 'The callback itself was not kept.' },
  },
});

export const readStats = defineOperation({
  name: 'readStats',
  method: 'get',
  path: '/v1/stats',
  role: 'read',
  summary: 'Which rules fire, which never do, and what comes in?',
  query: SinceQuery,
  responses: { 200: { description: 'Counts since a moment.', content: Stats } },
});

export const listDrift = defineOperation({
  name: 'listDrift',
  method: 'get',
  path: '/v1/drift',
  role: 'read',
  summary: 'What did Sinch send that nobody here had seen before?',
  description: 'Once a kind and day, each with a fixture that names nobody.',
  query: SinceQuery,
  responses: { 200: { description: 'The newest first.', content: Drifts } },
});

export const operations = [
  listDecisions,
  readDecision,
  readDecidedCallback,
  redeliverCallback,
  readStats,
  listDrift,
] as const;
