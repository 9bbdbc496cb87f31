import * as v from 'valibot';
import { sendBatch as batchOperation, sendEvent, sendMessage } from '../../api/sending/send.ts';
import type { Address } from '../../callbacks/model.ts';
import { batchIn } from '../../callbacks/shapes/parts.ts';
import { messageOf } from '../../errors.ts';
import type { Submitted } from '../../objects/record-state.ts';
import { checkConsent, reachedBy, takePermit } from '../../sending/send-checks.ts';
import { isCommentReply, readSendRequest, type SendOrder } from '../../sending/send-request.ts';
import type { OpenServices } from '../../services.ts';
import { isUnsure } from '../../sinch/client.ts';
import type { SendCall } from '../../sinch/gateway.ts';
import { route } from '../route.ts';
import { type CheckedCall, checkedCall } from './checked-call.ts';
import { sendBatch } from './send-batch.ts';

const Accepted = v.looseObject({ message_id: v.string() });

/** The calls under `/send` that reach people. Everything else under `/send` is passed through. */
export const sendRoutes = [
  route(sendMessage, (c) => checkedCall(c, 'messages:send', (call) => send('messages:send', call))),
  route(sendEvent, (c) =>
    checkedCall(c, 'events:send', (call) =>
      isCommentReply(call.body)
        ? send('events:send', call)
        : call.gateway.send('events:send', call.request, call.body),
    ),
  ),
  route(batchOperation, (c) => checkedCall(c, 'batch', sendBatch, batchOperation.maxBytes)),
];

/**
 * Sinch's own request with its own Authorization. A message that consent or a throttle forbids is refused, or delayed with
 * `Prefer: wait`; all others go to Sinch unchanged. A refusal states its reasons only to a caller whose Authorization Sinch
 * accepts; any other caller gets Sinch's own answer.
 */
async function send(
  name: SendCall,
  { request, body, authorization, services, holding, gateway }: CheckedCall,
): Promise<Response> {
  const { objects, contacts, now } = services;
  const order = readSendRequest(body);
  const reached = await reachedBy(order, { contacts, gateway, authorization });
  if (reached instanceof Response) return reached;
  const before = holding.held();
  const giveBack = await takePermit(
    order,
    reached,
    { objects, now, holding },
    checkConsent(reached, order, { objects, now }),
  );
  try {
    await gateway.turn();
    // A recipient may have sent STOP during the wait.
    if (holding.held() > before) await checkConsent(reached, order, { objects, now });
  } catch (error) {
    await giveBack();
    throw error;
  }
  const answer = await gateway.send(name, request, body);
  if (answer.ok) await keepForRetries(answer, order, reached, services);
  else if (!isUnsure(answer.status)) await giveBack();
  return answer;
}

/** Stores the message, encrypted, as MESSAGE_SUBMIT would, for retries. The message is sent already, so a failure here is only logged. */
async function keepForRetries(
  answer: Response,
  { appId, message, metadata, correlationId, contactId, dispatch, options }: SendOrder,
  [address]: readonly Address[],
  { objects, dataKey, now }: OpenServices,
): Promise<void> {
  try {
    const accepted = v.safeParse(Accepted, await answer.clone().json());
    if (!accepted.success || !address || !message) return;
    const { message_id: messageId } = accepted.output;
    const submitted: Submitted = {
      messageId,
      address,
      message: { ...message },
      metadata,
      correlationId,
      contactId,
      processingMode: dispatch ? 'DISPATCH' : undefined,
      options,
    };
    const sealed = await dataKey.encrypt(JSON.stringify(submitted));
    await objects.messages.of(messageId).noteSubmitted({
      sealed,
      at: now(),
      person: await objects.recipients.personOf(address),
      appId,
      channel: address.channel,
      batchId: batchIn(metadata),
      whole: true,
    });
  } catch (error) {
    // @event send.not-kept | A message was sent through Signalbox, but could not be stored for
    //   retries.
    console.error({ event: 'send.not-kept', message: messageOf(error) });
  }
}
