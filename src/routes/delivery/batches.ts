import {
  type BatchDetail,
  type Batches,
  listBatches,
  readBatch,
} from '../../api/delivery/batches.ts';
import { time } from '../../api/operation.ts';
import { AppError } from '../../errors.ts';
import type { BatchCounts } from '../../objects/messages/batch-states.ts';
import type { BatchRecord } from '../../objects/messages/batches-client.ts';
import { figuresOf } from '../../objects/messages/delivery-stats.ts';
import type { MessageRecord } from '../../objects/messages/lineage.ts';
import { open } from '../../services.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';

/** How many failed messages of a batch are shown. */
const MOST_FAILED = 200;

/** `GET /v1/batches` and `GET /v1/batches/{id}`. */
export const batchRoutes = [
  route(listBatches, async (c) => {
    const { objects, now } = open(c.env);
    const { since, until, limit } = c.req.valid('query');
    const end = momentOf(until, now()) ?? now() + 1;
    const found = await objects.messages.batches.list(momentOf(since, now()), end, limit);
    return c.json({ batches: found.map(shown) });
  }),
  route(readBatch, async (c) => {
    const { objects } = open(c.env);
    const batch = await objects.messages.batches.read(c.req.param('id'), MOST_FAILED);
    if (!batch)
      throw new AppError('not_found', 'no callback named this batch in the last 400 days');
    return c.json({
      ...shown(batch),
      reports: batch.reports.map(({ status, at, callbackId, reported, counted }) => ({
        ...{ status, at: time(at), decision: callbackId },
        ...countsOf(counted ?? reported),
      })),
      failed_messages: batch.failed.flatMap(failedMessage),
    });
  }),
];

const countsOf = ({ total, successful, failed }: BatchCounts) => ({
  total: total ?? null,
  successful: successful ?? null,
  failed: failed ?? null,
});

function shown({ batchId, reports, counts, firstAt }: BatchRecord): Batches['batches'][number] {
  const newest = reports.at(-1);
  const withCounts = reports.findLast(({ reported }) =>
    Object.values(reported).some((count) => count !== undefined),
  );
  const { submitted, queued, delivered, read, reached, recovered, failed, failedByReason } =
    figuresOf(counts);
  return {
    batch_id: batchId,
    app_id: newest?.appId ?? null,
    status: newest?.status ?? null,
    status_at: newest ? time(newest.at) : null,
    first_message_at: firstAt === undefined ? null : time(firstAt),
    reported: withCounts ? countsOf(withCounts.reported) : null,
    reported_reasons: [...(reports.findLast(({ reasons }) => reasons)?.reasons ?? [])],
    counted: {
      ...{ submitted, queued, delivered, read, reached, recovered, failed },
      failed_by_reason: { ...failedByReason },
    },
  };
}

function failedMessage({
  root,
  statuses,
  attempts,
}: MessageRecord): BatchDetail['failed_messages'] {
  const failure = statuses.findLast(({ status }) => status === 'FAILED');
  if (!failure) return [];
  return [
    {
      message_id: root,
      channel: failure.channel ?? null,
      reason_code: failure.reasonCode ?? null,
      failed_at: time(failure.at),
      attempts: attempts.map(({ n, state, messageId, reason }) => ({
        ...{ n, state },
        ...(messageId !== undefined && { message_id: messageId }),
        ...(reason !== undefined && { reason }),
      })),
    },
  ];
}
