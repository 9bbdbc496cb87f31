import * as v from 'valibot';
import { defineOperation, Time } from './operation.ts';

const AttemptState = v.picklist(['started', 'sent', 'failed']);

export const Message = v.object({
  /** The message that was sent first: what was sent again goes back to it. */
  root: v.string(),
  /** Where its newest sending stands; null while no receipt came. */
  status: v.nullable(v.string()),
  /** Whether any of its sendings was delivered or read. */
  delivered: v.boolean(),
  first_failed_at: v.nullable(Time),
  /** Every receipt of every sending, oldest first. `decision` is what `GET /v1/decisions/{id}` explains. */
  statuses: v.array(
    v.object({
      message_id: v.string(),
      status: v.string(),
      at: Time,
      reason_code: v.optional(v.string()),
      decision: v.string(),
    }),
  ),
  /** Each sending anew, counted from 1. */
  attempts: v.array(
    v.object({
      n: v.number(),
      state: AttemptState,
      at: Time,
      message_id: v.optional(v.string()),
      reason: v.optional(v.string()),
    }),
  ),
  /** What rules did about its receipts, as far as the journal keeps it. */
  decisions: v.array(
    v.object({
      id: v.string(),
      rulebook: v.string(),
      at: Time,
      rules: v.array(v.string()),
      actions: v.array(
        v.object({
          rule: v.string(),
          action: v.string(),
          outcome: v.string(),
          detail: v.optional(v.string()),
        }),
      ),
    }),
  ),
  /** Whether a copy is kept that a retry could send. */
  copy_kept: v.boolean(),
});
export type Message = v.InferOutput<typeof Message>;

export const readMessage = defineOperation({
  name: 'readMessage',
  method: 'get',
  path: '/v1/messages/:id',
  role: 'read',
  summary: 'What became of this message?',
  description:
    'By the id of its first sending or of any later one. Kept for 7 days after the newest news of it. A sending anew that stays `started` may have gone out: nobody heard how it ended.',
  params: { id: v.string() },
  responses: {
    200: { description: 'Its receipts, its retries, and what was decided.', content: Message },
  },
});

export const operations = [readMessage] as const;
