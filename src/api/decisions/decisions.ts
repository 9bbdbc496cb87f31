import * as v from 'valibot';
import { Channel, defineOperation, Page, Time, text } from '../operation.ts';

/** A time, or a duration ago: `2026-11-20T10:00:00Z`, `7d`. */
export const Moment = v.pipe(
  v.string(),
  v.regex(
    /^([1-9]\d{0,4}[smhd]|\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?)$/,
    'expected a time like "2026-11-20T10:00:00Z", or how long ago, like "7d"',
  ),
);

/** The outcome of a rule or of an action; `none`: no rule fired. */
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

/** The ids and the metadata that the journal is searched by, in plain form; they are hashed before the search. */
export const SearchQuery = {
  message_id: v.optional(text()),
  batch_id: v.optional(text()),
  request_id: v.optional(text()),
  /** Also the deleted and the preserved contact of a merge, and duplicates. */
  contact_id: v.optional(text()),
  conversation_id: v.optional(text()),
  /** The whole metadata, or a value at one of METADATA_SEARCH_PATHS. */
  metadata: v.optional(text(2_000)),
  /** The status of a delivery report. */
  status: v.optional(text(60)),
};

export const DecisionsQuery = {
  ...SearchQuery,
  since: v.optional(Moment),
  until: v.optional(Moment),
  trigger: v.optional(text()),
  rule: v.optional(text()),
  action: v.optional(text()),
  outcome: v.optional(Outcome),
  channel: v.optional(Channel),
  /** In plain form; it is hashed before the search. */
  identity: v.optional(text()),
  app_id: v.optional(text()),
  /** `true` includes the decisions of a rulebook in shadow. */
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

/** The decision on one callback. */
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
  /** The contact ids that the callback names, by fact. Only admins see them; null when one of them was erased. */
  contact_ids: v.nullable(v.record(v.string(), v.union([v.string(), v.array(v.string())]))),
  shadow: v.boolean(),
  rules: v.array(RuleSaid),
  actions: v.array(ActionEnded),
});
export type Decision = v.InferOutput<typeof Decision>;

export const Decisions = v.object({
  decisions: v.array(Decision),
  /** Continues the search: `?cursor=`; null at the end. A page may be short or empty before the end: a search reads a limited part of the journal. */
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
  /** The rulebook of the explanation: the one that decided, or the one in force where that is gone. */
  explained_under: v.string(),
  /** Limits of the explanation: another rulebook, facts that were not stored. */
  notes: v.array(v.string()),
  /** The facts of the decision by name, without those that identify a person. */
  facts: v.record(v.string(), v.unknown()),
  not_kept: v.array(v.string()),
  /** Other rulebooks that decided this callback: `?rulebook=`. */
  others: v.array(v.string()),
  explanation: v.array(Explained),
});
export type ExplainedDecision = v.InferOutput<typeof ExplainedDecision>;

export const Redelivered = v.object({ redelivered: v.string() });
export type Redelivered = v.InferOutput<typeof Redelivered>;

const Counted = v.array(v.object({ name: v.string(), callbacks: v.number() }));

export const Stats = v.object({
  since: Time,
  /** The oldest callback in the journal: counts start there. */
  journal_since: v.nullable(Time),
  callbacks: v.number(),
  rules: v.array(
    v.object({
      rule: v.string(),
      fired: v.number(),
      shadow: v.number(),
      erred: v.number(),
      last_fired: v.nullable(Time),
      /** Whether the rulebook in force has the rule. */
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
      /** The callback with all values replaced that may identify a person. */
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
  summary: 'Search the journal',
  description:
    'Newest first. Ids, `metadata` and `identity` are given in plain form and hashed before the search, so an erased contact is still found; `metadata` is the whole metadata, or a value at a path of the setting METADATA_SEARCH_PATHS. Without `channel` all channels are searched. Where identities belong to an app (Messenger, Instagram, LINE, WeChat, Viber bot), pass `app_id`.',
  query: DecisionsQuery,
  responses: { 200: { description: 'A page of decisions.', content: Decisions } },
});

export const readDecision = defineOperation({
  name: 'readDecision',
  method: 'get',
  path: '/v1/decisions/:id',
  role: 'read',
  summary: 'Why each rule fired, or did not, for a callback',
  description:
    'Recomputed from the stored facts, under the rulebook that decided. Facts that were not stored are named.',
  params: IdParam,
  query: DecisionQuery,
  responses: {
    200: { description: 'The decision and its explanation.', content: ExplainedDecision },
    404: { description: 'The journal has no entry of this id.' },
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
  summary: 'Redeliver a callback under the present rules',
  description:
    'Puts the callback on the queue. Actions that took effect are not repeated; new actions of the present rules are. Needs the setting JOURNAL_PAYLOAD=keep.',
  params: IdParam,
  query: { reason: v.optional(text(500)) },
  responses: {
    202: { description: 'The callback is on the queue.', content: Redelivered },
    404: { description: 'The journal has no entry of this id.' },
    409: { description: 'The callback itself was not stored.' },
  },
});

export const readStats = defineOperation({
  name: 'readStats',
  method: 'get',
  path: '/v1/stats',
  role: 'read',
  summary: 'Counts of rules, triggers, channels and reason codes',
  query: SinceQuery,
  responses: { 200: { description: 'Counts since a time.', content: Stats } },
});

export const listDrift = defineOperation({
  name: 'listDrift',
  method: 'get',
  path: '/v1/drift',
  role: 'read',
  summary: 'New triggers, event types, values and fields of Sinch',
  description: 'One entry per kind and day, each with an anonymous fixture.',
  query: SinceQuery,
  responses: { 200: { description: 'Newest first.', content: Drifts } },
});

export const operations = [
  listDecisions,
  readDecision,
  readDecidedCallback,
  redeliverCallback,
  readStats,
  listDrift,
] as const;
