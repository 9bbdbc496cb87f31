import * as v from 'valibot';
import { Source } from '../rulebooks/canonical.ts';
import { defineOperation, Time, text } from './operation.ts';

/** What the sender of a callback is told. */
export const Taken = v.object({
  /** The callback's id: the same for a repeat. */
  id: v.string(),
  trigger: v.string(),
  fired: v.array(v.object({ rule: v.string(), actions: v.array(v.string()) })),
  /** It could not be decided at once and waits in the queue: the error's code. */
  deferred: v.optional(v.string()),
  /** It was signed but cannot be read, and was put aside. */
  quarantined: v.optional(v.object({ code: v.string(), detail: v.string() })),
});

const DryRun = v.looseObject({
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
  /** For each rule that listens: whether it fired, and what it missed. */
  explanation: v.array(
    v.looseObject({ rule: v.string(), outcome: v.string(), sentence: v.string() }),
  ),
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
  summary: 'What Sinch calls',
  description:
    'Signed with the webhook secret. Statuses follow what Sinch does with them: it comes again after 429 and 5xx, and never after any other 4xx.',
  body: Callback,
  responses: { 200: { description: 'Done, or safely in a queue.', content: Taken } },
});

export const dryRun = defineOperation({
  name: 'dryRun',
  method: 'post',
  path: '/v1/dry-run',
  role: 'author',
  summary: 'What would happen?',
  description:
    'A callback in, decisions and their explanation out. Nothing is done, nothing is kept.',
  body: {
    type: 'application/json',
    description:
      'A callback as Sinch sends it; or `{callback, rulebook?, version?, at?, given?}` to try it with rules that are not published, with another version, at a time, or with facts that Signalbox would remember.',
  },
  responses: { 200: { description: 'What would have been decided, and why.', content: DryRun } },
});

export const operations = [receiveCallback, dryRun] as const;
