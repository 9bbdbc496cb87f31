import * as v from 'valibot';
import { Moment, SearchQuery } from '../decisions/decisions.ts';
import { Channel, defineOperation, Page, Time, text } from '../operation.ts';

const AttemptState = v.picklist(['started', 'sent', 'failed']);

export const Message = v.object({
  /** The root message: the one that was sent first. */
  root: v.string(),
  /** The status of the newest attempt; null before the first delivery report. */
  status: v.nullable(v.string()),
  /** Whether any attempt was delivered or read. */
  delivered: v.boolean(),
  /** When it was handed to Sinch; null where no MESSAGE_SUBMIT callback arrived. The other times are of its oldest report of each status. */
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
  refuses: ['not_found'],
  responses: {
    200: {
      description: 'Delivery reports, retries and decisions of the message.',
      content: Message,
    },
  },
});

/** A message in a list. */
const FoundMessage = v.object({
  root: v.string(),
  status: v.nullable(v.string()),
  delivered: v.boolean(),
  submitted_at: v.nullable(Time),
  /** The time of its newest report. */
  newest_at: v.nullable(Time),
  batch_id: v.nullable(v.string()),
  /** The number of retries. */
  attempts: v.number(),
});

export const Messages = v.object({
  messages: v.array(FoundMessage),
  /** Continues the search: `?cursor=`; null at the end. A page may be short or empty before the end: a search reads a limited part of the journal. */
  next: v.nullable(v.string()),
});
export type Messages = v.InferOutput<typeof Messages>;

export const listMessages = defineOperation({
  name: 'listMessages',
  method: 'get',
  path: '/v1/messages',
  role: 'read',
  summary: 'Search messages',
  description:
    'Messages whose callbacks the journal finds, newest callback first; each once on a page. `status` finds messages that had it. A message is known for 7 days after its newest event.',
  query: {
    ...SearchQuery,
    since: v.optional(Moment),
    until: v.optional(Moment),
    channel: v.optional(Channel),
    app_id: v.optional(text()),
    cursor: v.optional(v.pipe(v.string(), v.maxLength(300))),
    limit: v.optional(Page, '50'),
  },
  responses: { 200: { description: 'A page of messages.', content: Messages } },
});

export const operations = [listMessages, readMessage] as const;
