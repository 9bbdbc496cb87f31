import * as v from 'valibot';
import { Moment } from '../decisions/decisions.ts';
import { defineOperation, Page, Time } from '../operation.ts';

const Counts = v.object({
  total: v.nullable(v.number()),
  successful: v.nullable(v.number()),
  failed: v.nullable(v.number()),
});

/** A batch of messages. */
const Batch = {
  batch_id: v.string(),
  app_id: v.nullable(v.string()),
  /** The newest status that a callback reported; null where none did. */
  status: v.nullable(v.string()),
  status_at: v.nullable(Time),
  /** When its first message was heard of. */
  first_message_at: v.nullable(Time),
  /** The counts of the newest callback that has any. */
  reported: v.nullable(Counts),
  /** Why messages failed, as a callback reported it. */
  reported_reasons: v.array(v.string()),
  /** As Signalbox counted its messages: each once, a message that was sent again as its root. */
  counted: v.object({
    submitted: v.number(),
    queued: v.number(),
    delivered: v.number(),
    read: v.number(),
    reached: v.number(),
    recovered: v.number(),
    failed: v.number(),
    failed_by_reason: v.record(v.string(), v.number()),
  }),
};

export const Batches = v.object({ batches: v.array(v.object(Batch)) });
export type Batches = v.InferOutput<typeof Batches>;

export const BatchDetail = v.object({
  ...Batch,
  /** What callbacks reported, oldest first. `GET /v1/decisions/{id}` explains `decision`. */
  reports: v.array(
    v.object({ status: v.string(), at: Time, ...Counts.entries, decision: v.string() }),
  ),
  /** Messages that failed and were neither delivered nor read, at most 200; known for 7 days. */
  failed_messages: v.array(
    v.object({
      message_id: v.string(),
      channel: v.nullable(v.string()),
      reason_code: v.nullable(v.string()),
      failed_at: Time,
      /** The retries of the message. */
      attempts: v.array(
        v.object({
          n: v.number(),
          state: v.string(),
          message_id: v.optional(v.string()),
          reason: v.optional(v.string()),
        }),
      ),
    }),
  ),
});
export type BatchDetail = v.InferOutput<typeof BatchDetail>;

export const listBatches = defineOperation({
  name: 'listBatches',
  method: 'get',
  path: '/v1/batches',
  role: 'read',
  summary: 'Batches of messages, their status and counts',
  description:
    'Those whose status a callback reported, or whose first message was heard of, in the span; the newest first. Kept 400 days.',
  query: {
    since: v.optional(Moment, '30d'),
    until: v.optional(Moment),
    limit: v.optional(Page, '50'),
  },
  responses: { 200: { description: 'The batches.', content: Batches } },
});

export const readBatch = defineOperation({
  name: 'readBatch',
  method: 'get',
  path: '/v1/batches/:id',
  role: 'read',
  summary: 'One batch, its counts and its failed messages',
  params: { id: v.pipe(v.string(), v.maxLength(200)) },
  responses: {
    200: { description: 'The batch.', content: BatchDetail },
    404: { description: 'No callback named this batch.' },
  },
});

export const operations = [listBatches, readBatch] as const;
