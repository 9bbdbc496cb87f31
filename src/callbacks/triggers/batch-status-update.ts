import * as v from 'valibot';
import { COUNT, fact, SHARE, SPAN } from '../facts/fact.ts';
import { batchId } from '../facts/shared-facts.ts';
import { Anything, Count, isRecord, Part, Text, Unread } from '../shapes/parts.ts';
import { defineTrigger } from './trigger.ts';

/** News of a batch of messages. Source: Sinch release notes of 2025-05-01 and its batch documentation; counters from the reference pages. */
export const BatchStatusUpdate = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    if (!isRecord(raw) || raw.batch_status) return raw;
    const { status, ...rest } = raw;
    return { ...rest, batch_status: status };
  }),
  v.looseObject({
    batch_id: Text,
    batch_status: Text,
    batch_type: Text,
    status: Text,
    total_messages: Count,
    successful_messages: Count,
    failed_messages: Count,
    processing_time_ms: Count,
    failure_reasons: Unread,
    additional_data: Part({
      message_batch_data: Part({ send_after: Text, batch_metadata: Anything }),
    }),
  }),
);
export type BatchStatusUpdate = v.InferOutput<typeof BatchStatusUpdate>;

const total = (batch: BatchStatusUpdate): number | undefined =>
  batch.total_messages ?? sum(batch.successful_messages, batch.failed_messages, 1);

const failed = (batch: BatchStatusUpdate): number | undefined =>
  batch.failed_messages ?? sum(batch.total_messages, batch.successful_messages, -1);

const sum = (
  one: number | undefined,
  other: number | undefined,
  sign: 1 | -1,
): number | undefined =>
  one === undefined || other === undefined ? undefined : one + sign * other;

const successful = (batch: BatchStatusUpdate): number | undefined =>
  batch.successful_messages ?? sum(batch.total_messages, batch.failed_messages, -1);

function failedRatio(batch: BatchStatusUpdate): number | undefined {
  const [all, bad] = [total(batch), failed(batch)];
  return all !== undefined && bad !== undefined && all > 0 ? bad / all : undefined;
}

/** Returns the codes, whether Sinch sends a list of codes, a list of objects or counts by code: its documentation does not define it. */
function failureReasons({
  failure_reasons: reasons,
}: BatchStatusUpdate): readonly unknown[] | undefined {
  if (isRecord(reasons)) return Object.keys(reasons);
  return Array.isArray(reasons)
    ? reasons.map((reason) => (isRecord(reason) ? (reason.code ?? reason.reason) : reason))
    : undefined;
}

export const batchStatusUpdate = defineTrigger<BatchStatusUpdate>({
  name: 'BATCH_STATUS_UPDATE',
  noun: 'batch',
  description: 'A batch of messages was taken, done, stopped, or failed in part or whole.',
  keys: ['batch_status_update_notification', 'batch_status_update'],
  subjectFacts: [],
  always: ['app_id', 'batch_id', 'batch_status'],
  schema: BatchStatusUpdate,
  // A batch that is still being sent may be partly failed more than once: only its counts tell the two apart.
  identity: ({ batch_id, batch_status, total_messages, successful_messages, failed_messages }) => [
    batch_id,
    batch_status,
    ...[total_messages, successful_messages, failed_messages].map((count) => count?.toString()),
  ],
  subject: () => ({}),
  recordState: (batch) => {
    const { batch_id: batchId, batch_status: status } = batch;
    if (!batchId || !status) return [];
    const reasons = failureReasons(batch)?.filter((reason) => typeof reason === 'string');
    const counts = { total: total(batch), successful: successful(batch), failed: failed(batch) };
    return [{ kind: 'batch', batchId, status, ...counts, reasons }];
  },
  facts: {
    batch_id: batchId(({ batch_id }) => batch_id),
    batch_status: fact.text(
      'status',
      'The status of the batch.',
      {
        personal: false,
        known: [
          'COMPLETED',
          'PARTIAL',
          'FAILED',
          ...['READY', 'SCHEDULED', 'PROCESSED', 'CANCELLED'].map((word) => `BATCH_STATUS_${word}`),
        ],
      },
      ({ batch_status }) => batch_status,
    ),
    batch_type: fact.text(
      'kind of batch',
      'What the batch is made of.',
      { personal: false, known: ['BATCH_TYPE_MESSAGES'] },
      ({ batch_type }) => batch_type,
    ),
    batch_total: fact.number(
      'messages in the batch',
      'How many messages the batch holds; where the callback has no counts, as Signalbox counted them.',
      { personal: false, recalled: true, range: COUNT },
      total,
    ),
    batch_successful: fact.number(
      'messages sent',
      'How many of them were sent; where the callback has no counts, how many were delivered so far.',
      { personal: false, recalled: true, range: COUNT },
      successful,
    ),
    batch_failed: fact.number(
      'failed messages',
      'How many of them failed; where the callback has no counts, as Signalbox counted them.',
      { personal: false, recalled: true, range: COUNT },
      failed,
    ),
    batch_failed_ratio: fact.number(
      'failed share',
      'Failed messages of all, from 0 to 1; where the callback has no counts, as Signalbox counted them.',
      { personal: false, recalled: true, range: SHARE },
      failedRatio,
    ),
    batch_failure_reasons: fact.list(
      'failure reasons of the batch',
      'Why messages of the batch failed; where the callback does not say it, as Signalbox counted them.',
      { personal: false, recalled: true },
      failureReasons,
    ),
    batch_processing_ms: fact.number(
      'time taken by the batch',
      'In milliseconds.',
      { personal: false, range: SPAN },
      ({ processing_time_ms }) => processing_time_ms,
    ),
    batch_send_after: fact.time(
      'planned time',
      'When the batch was to be sent.',
      { personal: false },
      ({ additional_data }) => Date.parse(additional_data?.message_batch_data?.send_after ?? ''),
    ),
    batch_metadata: fact.json(
      'metadata of the batch',
      'What you attached to the batch.',
      { personal: true },
      ({ additional_data }) => additional_data?.message_batch_data?.batch_metadata,
    ),
  },
});
