import * as v from 'valibot';
import type { BatchRefusal } from '../../api/sending/send.ts';
import { AppError } from '../../errors.ts';
import {
  type BatchRefusals,
  batchReach,
  checkBatchConsent,
  takeBatchPermits,
} from '../../sending/batch-checks.ts';
import { type BatchOrder, readBatchRequest } from '../../sending/batch-request.ts';
import { isUnsure } from '../../sinch/client.ts';
import type { CheckedCall } from './checked-call.ts';

const Accepted = v.looseObject({});

/**
 * A batch of Sinch's Batch API, checked recipient by recipient. Refused recipients refuse the batch; with `partial` they are removed
 * and listed in the answer. A batch without refused recipients goes on unchanged.
 */
export async function sendBatch({
  request,
  body,
  authorization,
  services,
  holding,
  gateway,
}: CheckedCall): Promise<Response> {
  const { objects, contacts, now } = services;
  const partial = isPartial(request.headers);
  const order = readBatchRequest(body);
  const refused: BatchRefusals = new Map();
  const reached = await batchReach(order, { contacts, gateway, authorization }, refused);
  if (reached instanceof Response) return reached;
  const left = () => reached.filter(({ at }) => !refused.has(at));
  const check = async (): Promise<void> => {
    await checkBatchConsent(left(), order, { objects, now }, refused);
    checkRefused(order, refused, partial);
  };
  await check();
  const before = holding.held();
  const permitted = left().map(({ at }) => at);
  const permits = await takeBatchPermits(
    order,
    left(),
    { objects, now, holding },
    partial,
    refused,
  );
  const giveBack = (recipients: readonly number[]) =>
    permits
      .giveBack(recipients)
      .catch(() => console.error({ event: 'send.permit-lost', app: order.appId }));
  try {
    checkRefused(order, refused, partial);
    await gateway.turn();
    // A recipient may have sent STOP during the wait.
    if (holding.held() > before) await check();
  } catch (error) {
    await giveBack(permitted);
    throw error;
  }
  await giveBack(permitted.filter((at) => refused.has(at)));
  const kept = left().map(({ at }) => at);
  const answer = await gateway.send(
    'batch',
    request,
    refused.size === 0 ? body : order.withOnly(kept),
  );
  if (answer.ok) return refused.size === 0 ? answer : withRefused(answer, listOf(refused));
  if (!isUnsure(answer.status)) await giveBack(kept);
  return answer;
}

/** Whether the caller lets a batch go without its refused recipients. @throws AppError `bad_request` */
function isPartial(headers: Headers): boolean {
  const partial = headers.get('x-signalbox-partial');
  if (partial === null) return false;
  if (partial.trim().toLowerCase() === 'allow') return true;
  throw new AppError('bad_request', 'x-signalbox-partial: expected "allow"');
}

const listOf = (refused: BatchRefusals): readonly BatchRefusal[] =>
  [...refused].toSorted(([one], [other]) => one - other).flatMap(([, reasons]) => reasons);

/** Checks that a batch may go without its refused recipients. @throws AppError `consent_forbids` with the reasons */
function checkRefused(order: BatchOrder, refused: BatchRefusals, partial: boolean): void {
  if (refused.size === 0 || (partial && refused.size < order.recipients.length)) return;
  const reasons = listOf(refused);
  const limit = reasons.every(({ code }) => code === 'throttled') && reasons[0];
  if (limit) throw new AppError('throttled', limit.message, { retryAfter: 60 });
  throw new AppError(
    'consent_forbids',
    `${refused.size} of ${order.recipients.length} recipients of this batch are refused: ${reasons[0]?.message ?? ''} Nothing was sent.`,
    { details: { reasons } },
  );
}

/** Returns Sinch's answer with the refused recipients, where it is an object of JSON. */
async function withRefused(answer: Response, refused: readonly BatchRefusal[]): Promise<Response> {
  const body = v.safeParse(
    Accepted,
    await answer
      .clone()
      .json()
      .catch(() => undefined),
  );
  if (!body.success) return answer;
  return new Response(JSON.stringify({ ...body.output, signalbox: { refused } }), answer);
}
