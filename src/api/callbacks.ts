import * as v from 'valibot';
import { defineOperation } from './operation.ts';

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
  body: Callback,
  responses: { 200: { description: 'What would have been decided, and why.', content: DryRun } },
});

export const operations = [receiveCallback, dryRun] as const;
