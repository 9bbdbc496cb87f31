import * as v from 'valibot';
import { Source } from '../../rulebooks/canonical.ts';
import { defineOperation, Time, text } from '../operation.ts';

const OneCallback = {
  /** The callback's id; a redelivery has the same id. */
  id: v.string(),
  trigger: v.string(),
  fired: v.array(v.object({ rule: v.string(), actions: v.array(v.string()) })),
  /** The error code, where the callback could not be decided at once and is on the queue. */
  deferred: v.optional(v.string()),
};

/** What became of one callback. */
export const TakenCallback = v.object(OneCallback);

/** The response to a callback. */
export const Taken = v.object({
  ...OneCallback,
  /** Each callback of a notification that holds several; `fired` then lists the rules of all. */
  callbacks: v.optional(v.array(TakenCallback)),
  /** The error, where the body is signed but cannot be read, or no trigger knows it: it is in quarantine. */
  quarantined: v.optional(v.object({ code: v.string(), detail: v.string() })),
});

const OneDryRun = {
  id: v.string(),
  trigger: v.string(),
  rulebook: v.string(),
  fired: v.array(
    v.object({
      rule: v.string(),
      actions: v.array(v.object({ action: v.string(), params: v.looseObject({}) })),
    }),
  ),
  erred: v.array(v.looseObject({ rule: v.string(), message: v.string() })),
  /** One entry per rule of this trigger: whether it fired, and what was missing. */
  explanation: v.array(
    v.looseObject({ rule: v.string(), outcome: v.string(), sentence: v.string() }),
  ),
};

const DryRun = v.looseObject({
  ...OneDryRun,
  /** Each callback of a notification that holds several; `fired`, `erred` and `explanation` then list those of all. */
  callbacks: v.optional(v.array(v.object(OneDryRun))),
});

/** A callback to try, beside what it is tried with. A callback of Sinch has no member of the name `callback`. */
export const Trial = v.strictObject({
  callback: v.record(v.string(), v.unknown()),
  /** Rules that are not published: the files of `rules/`. */
  rulebook: v.optional(Source),
  /** A version to decide instead of the one in force, by its first four characters or more. */
  version: v.optional(text(64)),
  /** When it is received; the callback’s own time counts otherwise. */
  at: v.optional(Time),
  /** Facts that stand for what Signalbox remembers: `{"attempt": 2}`. */
  given: v.optional(v.record(v.string(), v.unknown()), {}),
});
export type Trial = v.InferOutput<typeof Trial>;

const Callback = { type: 'application/json', description: 'A callback as Sinch sends it.' };

export const receiveCallback = defineOperation({
  name: 'receiveCallback',
  method: 'post',
  path: '/callbacks',
  role: 'signed',
  summary: 'Receive a callback',
  description:
    'Signed with the webhook secret. Statuses follow the retry rule of Sinch: it retries after 429 and 5xx, and never after another 4xx.',
  body: Callback,
  responses: { 200: { description: 'Done, or durable in a queue.', content: Taken } },
});

export const dryRun = defineOperation({
  name: 'dryRun',
  method: 'post',
  path: '/v1/dry-run',
  role: 'author',
  summary: 'Dry run of a callback',
  description:
    'Returns the decisions on a callback and their explanation. Nothing is executed or stored.',
  body: {
    type: 'application/json',
    description:
      'A callback as Sinch sends it; or `{callback, rulebook?, version?, at?, given?}` to try it with rules that are not published, with another version, at a time, or with facts that Signalbox would remember.',
  },
  refuses: ['not_found'],
  responses: {
    200: { description: 'The decisions, and why.', content: DryRun },
    422: { description: 'The callback or the rulebook cannot be read; `detail` states why.' },
  },
});

export const operations = [receiveCallback, dryRun] as const;
