import * as v from 'valibot';
import { Moment } from '../decisions/decisions.ts';
import { defineOperation, Page, Time, text } from '../operation.ts';

/** Work that could not be done, and why. */
export const DeadLetter = v.looseObject({
  id: v.string(),
  at: Time,
  queue: v.string(),
  action: v.nullable(v.string()),
  rule: v.nullable(v.string()),
  /** The destination of alerts.json that it was to be sent to. */
  destination: v.nullable(v.string()),
  /** The id of the alert that could not be sent, and its title while the alert is kept. */
  alert: v.nullable(v.string()),
  title: v.nullable(v.string()),
  callback: v.nullable(v.string()),
  code: v.string(),
  reason: v.string(),
  attempts: v.number(),
  /** When it was put back on its queue; of many that are redelivered together, when its turn is. */
  redelivered_at: v.nullable(Time),
  /** The actor and reason, where it was dropped. */
  dropped: v.nullable(v.string()),
});
export type DeadLetter = v.InferOutput<typeof DeadLetter>;
export const DeadLetterList = v.object({
  dead_letters: v.array(DeadLetter),
  next: v.nullable(v.string()),
});

/** The actor and the reason of dropping something. */
export const GivingUp = v.strictObject({ actor: text(100), reason: text(500) });

/** Why something is redelivered: the Worker's log has it, with the name of the token. */
export const ReasonQuery = { reason: v.optional(text(500)) };

/** A page, and the entry after which it begins. */
export const PageQuery = { limit: v.optional(Page, '50'), before: v.optional(text()) };

/** Filters by the time at which the work failed; a time or a duration ago. */
export const Period = { since: v.optional(Moment), until: v.optional(Moment) };

/** Filters of dead letters. */
const Selection = {
  ...Period,
  destination: v.optional(text()),
  rule: v.optional(text()),
  action: v.optional(text()),
  code: v.optional(text()),
  queue: v.optional(v.picklist(['effects', 'forwards', 'callbacks', 'journal'])),
};

/** Which entries are listed: those that are neither redelivered nor dropped, or all. */
export const State = v.optional(v.picklist(['open', 'all']), 'all');

/** The members of every bulk request. */
export const Bulk = {
  actor: text(100),
  reason: text(500),
  /** Only counts the entries that the filters select. */
  dry_run: v.optional(v.boolean(), false),
};
/** The id after which this step begins: `next` of the step before. */
export const After = { after: v.optional(text()) };

export const Redelivering = v.strictObject({
  ...Selection,
  ...Bulk,
  ...After,
  /** How many are delivered a second. */
  per_second: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 10),
});
export const Dropping = v.strictObject({ ...Selection, ...Bulk });

/** One step of a bulk redelivery; `count`: how many the filters selected before it. */
export const RedeliveryStep = v.object({
  count: v.number(),
  redelivered: v.number(),
  /** How many the deployed version cannot read; they stay. */
  unreadable: v.number(),
  next: v.nullable(v.string()),
});
/** A bulk drop; `count`: how many the filters selected before it. */
export const Dropped = v.object({ count: v.number(), dropped: v.number() });

const BULK =
  'Selects open entries: neither redelivered nor dropped. Without filters it selects all. `dry_run` only counts.';

export const listDeadLetters = defineOperation({
  name: 'listDeadLetters',
  method: 'get',
  path: '/v1/dead-letters',
  role: 'read',
  summary: 'Dead letters',
  description: 'Newest first; `before` continues after a dead letter.',
  query: { ...PageQuery, ...Selection, state: State },
  responses: {
    200: { description: 'Dead letters, and the next page.', content: DeadLetterList },
  },
});

export const readDeadLetter = defineOperation({
  name: 'readDeadLetter',
  method: 'get',
  path: '/v1/dead-letters/:id',
  role: 'read',
  summary: 'A dead letter',
  params: { id: v.string() },
  responses: {
    200: { description: 'The dead letter.', content: DeadLetter },
    404: { description: 'No dead letter has this id.' },
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
  refuses: ['not_found'],
  responses: {
    200: {
      description: 'The work is back on its queue.',
      content: v.object({ redelivered: DeadLetter }),
    },
    404: { description: 'No dead letter has this id.' },
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
  refuses: ['not_found'],
  responses: {
    200: { description: 'The dead letter is dropped.', content: v.object({ dropped: DeadLetter }) },
    404: { description: 'No dead letter has this id.' },
  },
});

export const redeliverDeadLetters = defineOperation({
  name: 'redeliverDeadLetters',
  method: 'post',
  path: '/v1/dead-letters/redeliver',
  role: 'admin',
  summary: 'Redeliver many dead letters',
  description: `${BULK} One call puts back at most 100, oldest first, and spreads their delivery: \`per_second\` of them, behind those that an earlier call put back. Call again with \`after\` set to \`next\` until \`next\` is null.`,
  body: Redelivering,
  responses: {
    200: { description: 'How many were put back, and where to go on.', content: RedeliveryStep },
    429: { description: 'Those that wait already take half a day.' },
  },
});

export const dropDeadLetters = defineOperation({
  name: 'dropDeadLetters',
  method: 'post',
  path: '/v1/dead-letters/drop',
  role: 'admin',
  summary: 'Drop many dead letters',
  description: `${BULK} They stay on record with actor and reason, and can still be redelivered one by one.`,
  body: Dropping,
  responses: { 200: { description: 'How many were dropped.', content: Dropped } },
});

export const operations = [
  listDeadLetters,
  readDeadLetter,
  redeliverDeadLetters,
  dropDeadLetters,
  redeliverDeadLetter,
  dropDeadLetter,
] as const;
