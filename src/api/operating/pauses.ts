import * as v from 'valibot';
import { Content, Duration, Rate } from '../../rules/model/values.ts';
import { defineOperation, Time, text } from '../operation.ts';
import { Sender } from './senders.ts';

const Kind = v.picklist(['rule', 'action', 'app', 'destination', 'everything']);

export const Pause = v.object({
  id: v.string(),
  kind: Kind,
  name: v.string(),
  actor: v.string(),
  reason: v.string(),
  since: Time,
});
export type Pause = v.InferOutput<typeof Pause>;
/** A new pause; `warning` where no callback has named its app. */
export const Paused = v.object({ ...Pause.entries, warning: v.optional(v.string()) });
export const Pauses = v.object({
  pauses: v.array(Pause),
  past: v.array(
    v.object({
      ...Pause.entries,
      ended_at: Time,
      ended_by: v.string(),
      ended_reason: v.string(),
    }),
  ),
});
export const Pausing = v.pipe(
  v.strictObject({
    kind: Kind,
    name: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
    actor: text(100),
    reason: text(500),
  }),
  v.check(
    ({ kind, name }) => (kind === 'everything') === (name === ''),
    'name: name the rule, action, app or destination; "everything" takes no name',
  ),
);
export const PauseParam = { id: v.string() };
export const ResumeQuery = { actor: text(100), reason: text(500) };
export const Resumed = v.object({
  ended: v.nullable(Pause),
  released: v.number(),
  more: v.boolean(),
  /** Pauses that are still in force. Their work stays held. */
  still: v.array(Pause),
});

export const HeldItem = v.object({
  id: v.string(),
  at: Time,
  cause: v.picklist(['budget', 'pause']),
  reason: v.string(),
  rule: v.string(),
  action: v.string(),
  app_id: v.string(),
  decision: v.string(),
  /** `released` or `dropped` by an actor, `resumed` when its pause ended. */
  state: v.picklist(['held', 'released', 'resumed', 'dropped']),
  decided_at: v.nullable(Time),
  decided_by: v.nullable(v.string()),
  decision_reason: v.nullable(v.string()),
});
export type HeldItem = v.InferOutput<typeof HeldItem>;
export const HeldList = v.object({ held: v.array(HeldItem), total: v.number() });
export const HeldQuery = {
  id: v.optional(v.string()),
  rule: v.optional(v.string()),
  action: v.optional(v.string()),
  state: v.optional(v.picklist(['held', 'settled']), 'held'),
};
export const Settling = v.strictObject({
  id: v.optional(v.string()),
  rule: v.optional(v.string()),
  action: v.optional(v.string()),
  actor: text(100),
  reason: text(500),
});
export const Settled = v.object({ settled: v.number(), more: v.boolean() });

export const Throttling = v.strictObject({
  to: Rate,
  for: Duration,
  content: v.optional(Content, 'marketing'),
  actor: text(100),
  reason: text(500),
});
export const Throttled = v.looseObject({ ...Sender.entries, warning: v.optional(v.string()) });
export const ThrottleLifting = { actor: text(100), reason: text(500) };

export const listPauses = defineOperation({
  name: 'listPauses',
  method: 'get',
  path: '/v1/pauses',
  role: 'read',
  summary: 'Pauses in force',
  responses: {
    200: { description: 'Pauses in force, and the newest that ended.', content: Pauses },
  },
});

export const pause = defineOperation({
  name: 'pause',
  method: 'post',
  path: '/v1/pauses',
  role: 'admin',
  summary: 'Pause a rule, an action, an app, forwards to a destination, or everything',
  description:
    'Refuses an unknown rule, action or destination, and actions that are never held (suppress, ignore). Callbacks are still accepted, decided and journalled; their actions are held (GET /v1/held). A STOP is never held. In force everywhere within five seconds.',
  body: Pausing,
  responses: {
    200: {
      description: 'The pause; with a warning where no callback has named the app.',
      content: Paused,
    },
  },
});

export const resume = defineOperation({
  name: 'resume',
  method: 'delete',
  path: '/v1/pauses/:id',
  role: 'admin',
  summary: 'End a pause and continue the work that it held',
  description:
    'Work that another pause or a budget holds stays held. One call continues at most 500 items: call again while `more` is true.',
  params: PauseParam,
  query: ResumeQuery,
  responses: {
    200: { description: 'The pause that ended, and how many items continued.', content: Resumed },
    404: { description: 'No pause has this id.' },
  },
});

export const listHeld = defineOperation({
  name: 'listHeld',
  method: 'get',
  path: '/v1/held',
  role: 'read',
  summary: 'Held work',
  query: HeldQuery,
  responses: {
    200: {
      description:
        'The oldest 200 held items; with `state=settled` the newest 200 settled ones, with actor and reason. `total` is the number of held items that match.',
      content: HeldList,
    },
  },
});

export const releaseHeld = defineOperation({
  name: 'releaseHeld',
  method: 'post',
  path: '/v1/held/release',
  role: 'admin',
  summary: 'Release held work',
  description:
    'Other pauses do not hold it again. Selects all items of a rule or an action, or one by its id; at most 500 per call.',
  body: Settling,
  responses: { 200: { description: 'The number of items.', content: Settled } },
});

export const dropHeld = defineOperation({
  name: 'dropHeld',
  method: 'post',
  path: '/v1/held/drop',
  role: 'admin',
  summary: 'Drop held work',
  body: Settling,
  responses: { 200: { description: 'The number of items.', content: Settled } },
});

export const throttleSender = defineOperation({
  name: 'throttleSender',
  method: 'put',
  path: '/v1/senders/:app/:channel/throttle',
  role: 'admin',
  summary: 'Throttle a sender by hand',
  description:
    'Replaces an earlier limit set by hand. Limits of rules stay, and the strictest applies.',
  params: { app: v.string(), channel: v.string() },
  body: Throttling,
  responses: {
    200: {
      description:
        'The sender after the change; with a warning where no callback has named the app.',
      content: Throttled,
    },
  },
});

export const unthrottleSender = defineOperation({
  name: 'unthrottleSender',
  method: 'delete',
  path: '/v1/senders/:app/:channel/throttle',
  role: 'admin',
  summary: 'Lift all limits of a sender',
  description: 'Limits of rules are lifted, too. A rule that fires again sets its limit again.',
  params: { app: v.string(), channel: v.string() },
  query: ThrottleLifting,
  responses: { 200: { description: 'The sender after the change.', content: Sender } },
});

export const operations = [
  listPauses,
  pause,
  resume,
  listHeld,
  releaseHeld,
  dropHeld,
  throttleSender,
  unthrottleSender,
] as const;
