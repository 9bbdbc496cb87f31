import * as v from 'valibot';
import { Content, Duration, Rate } from '../rules/model/values.ts';
import { answer, type Operation, Time, text } from './operation.ts';
import { Sender } from './senders.ts';

const Kind = v.picklist(['rule', 'action', 'app', 'everything']);

export const Pause = /* @__PURE__ */ answer(() =>
  v.object({
    id: v.string(),
    kind: Kind,
    name: v.string(),
    actor: v.string(),
    reason: v.string(),
    since: Time,
  }),
);
export type Pause = v.InferOutput<typeof Pause>;
/** A pause that was set; `warning`: what it is about was never heard of. */
export const Paused = /* @__PURE__ */ answer(() =>
  v.object({ ...Pause.entries, warning: v.optional(v.string()) }),
);
export const Pauses = /* @__PURE__ */ answer(() =>
  v.object({
    pauses: v.array(Pause),
    past: v.array(
      v.object({
        ...Pause.entries,
        ended_at: Time,
        ended_by: v.string(),
        ended_reason: v.string(),
      }),
    ),
  }),
);
export const Pausing = v.pipe(
  v.strictObject({
    kind: Kind,
    name: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
    actor: text(100),
    reason: text(500),
  }),
  v.check(
    ({ kind, name }) => (kind === 'everything') === (name === ''),
    'name: say which rule, action or app; "everything" has none',
  ),
);
export const Resuming = v.strictObject({
  kind: Kind,
  name: v.optional(v.string(), ''),
  actor: text(100),
  reason: text(500),
});
export const Resumed = /* @__PURE__ */ answer(() =>
  v.object({
    ended: v.nullable(Pause),
    released: v.number(),
    more: v.boolean(),
    /** Pauses that are still in force: what they are about goes on waiting. */
    still: v.array(Pause),
  }),
);

export const HeldItem = /* @__PURE__ */ answer(() =>
  v.object({
    id: v.string(),
    at: Time,
    cause: v.picklist(['budget', 'pause']),
    reason: v.string(),
    rule: v.string(),
    action: v.string(),
    app_id: v.string(),
    decision: v.string(),
    /** What became of it: `released` or `dropped` by a person, `resumed` when its pause was over. */
    state: v.picklist(['held', 'released', 'resumed', 'dropped']),
    decided_at: v.nullable(Time),
    decided_by: v.nullable(v.string()),
    decision_reason: v.nullable(v.string()),
  }),
);
export type HeldItem = v.InferOutput<typeof HeldItem>;
export const HeldList = /* @__PURE__ */ answer(() =>
  v.object({ held: v.array(HeldItem), total: v.number() }),
);
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
export const Settled = /* @__PURE__ */ answer(() =>
  v.object({ settled: v.number(), more: v.boolean() }),
);

export const Throttling = v.strictObject({
  to: Rate,
  for: Duration,
  content: v.optional(Content, 'marketing'),
  actor: text(100),
  reason: text(500),
});
export const Throttled = /* @__PURE__ */ answer(() =>
  v.looseObject({ ...Sender.entries, warning: v.optional(v.string()) }),
);
export const ThrottleLifting = { actor: text(100), reason: text(500) };

export const operations = (): readonly Operation[] => [
  {
    method: 'get',
    path: '/v1/pauses',
    needs: 'read',
    summary: 'The levers that are pulled',
    answers: {
      200: { description: 'Pauses in force, and the newest that ended.', content: Pauses },
    },
  },
  {
    method: 'post',
    path: '/v1/pauses',
    needs: 'admin',
    summary: 'Pause a rule, an action, an app, or everything',
    description:
      'A rule that is not in force, an action that there is not, and what never waits (suppress, ignore) are refused. Callbacks are still taken, decided and journalled; what they would do waits (GET /v1/held). STOP never waits. In force everywhere within five seconds.',
    body: Pausing,
    answers: {
      200: {
        description: 'The pause in force; with a warning where nothing was ever heard of the app.',
        content: Paused,
      },
    },
  },
  {
    method: 'delete',
    path: '/v1/pauses',
    needs: 'admin',
    summary: 'End a pause, and let what waited for it go on',
    description:
      'What another pause or a budget is about goes on waiting. At most 500 go on in one call; call again while `more` is true.',
    body: Resuming,
    answers: { 200: { description: 'What ended, and how many went on.', content: Resumed } },
  },
  {
    method: 'get',
    path: '/v1/held',
    needs: 'read',
    summary: 'What was decided and waits, or was held and settled',
    query: HeldQuery,
    answers: {
      200: {
        description:
          'The oldest 200 that wait; with `state=settled` the newest 200 that were settled, by whom and why. `total` is how many of what was asked for wait.',
        content: HeldList,
      },
    },
  },
  {
    method: 'post',
    path: '/v1/held/release',
    needs: 'admin',
    summary: 'Let held work go on',
    description:
      'Whatever else is paused. All of a rule, an action, or one by its id; at most 500 in one call.',
    body: Settling,
    answers: { 200: { description: 'How many.', content: Settled } },
  },
  {
    method: 'post',
    path: '/v1/held/drop',
    needs: 'admin',
    summary: 'Drop held work',
    body: Settling,
    answers: { 200: { description: 'How many.', content: Settled } },
  },
  {
    method: 'put',
    path: '/v1/senders/:app/:channel/throttle',
    needs: 'admin',
    summary: 'Limit a sender by hand',
    description:
      'Replaces an earlier limit set by hand; limits that rules set stay, and the strictest counts.',
    params: { app: v.string(), channel: v.string() },
    body: Throttling,
    answers: {
      200: {
        description:
          'The sender as it is now; with a warning where nothing was ever heard of the app.',
        content: Throttled,
      },
    },
  },
  {
    method: 'delete',
    path: '/v1/senders/:app/:channel/throttle',
    needs: 'admin',
    summary: 'Lift every limit of a sender',
    description: 'Those that rules set, too. A rule that fires again sets its limit again.',
    params: { app: v.string(), channel: v.string() },
    query: ThrottleLifting,
    answers: { 200: { description: 'The sender as it is now.', content: Sender } },
  },
];
