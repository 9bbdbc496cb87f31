import * as v from 'valibot';
import { defineOperation, Time } from './operation.ts';

const AttemptState = v.picklist(['started', 'sent', 'failed']);

export const Message = v.object({
  /** The root message: the one that was sent first. */
  root: v.string(),
  /** The status of the newest attempt; null before the first delivery report. */
  status: v.nullable(v.string()),
  /** Whether any attempt was delivered or read. */
  delivered: v.boolean(),
  /** When it was handed to Sinch; null where no MESSAGE_SUBMIT callback told. The other times are of its oldest report of each status. */
  submitted_at: v.nullable(Time),
  queued_at: v.nullable(Time),
  delivered_at: v.nullable(Time),
  read_at: v.nullable(Time),
  first_failed_at: v.nullable(Time),
  /** Seconds from the submission to the delivery, and to the reading. */
  delivery_seconds: v.nullable(v.number()),
  read_seconds: v.nullable(v.number()),
  /** The batch that it was sent with. */
  batch_id: v.nullable(v.string()),
  /** All delivery reports of all attempts, oldest first. `GET /v1/decisions/{id}` explains `decision`. */
  statuses: v.array(
    v.object({
      message_id: v.string(),
      status: v.string(),
      at: Time,
      channel: v.optional(v.string()),
      reason_code: v.optional(v.string()),
      decision: v.string(),
    }),
  ),
  /** The retries, counted from 1. */
  attempts: v.array(
    v.object({
      n: v.number(),
      state: AttemptState,
      at: Time,
      message_id: v.optional(v.string()),
      reason: v.optional(v.string()),
    }),
  ),
  /** The actions of rules on its delivery reports, as far as the journal has them. */
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
  /** Whether a copy is stored that a retry could send. */
  copy_kept: v.boolean(),
});
export type Message = v.InferOutput<typeof Message>;

export const readMessage = defineOperation({
  name: 'readMessage',
  method: 'get',
  path: '/v1/messages/:id',
  role: 'read',
  summary: 'History of a message',
  description:
    'Accepts the id of the root message or of any retry. Stored for 7 days after its newest event. A retry that stays `started` may have been sent: its result is unknown.',
  params: { id: v.string() },
  responses: {
    200: {
      description: 'Delivery reports, retries and decisions of the message.',
      content: Message,
    },
  },
});

export const operations = [readMessage] as const;
