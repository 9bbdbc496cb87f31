import type { Context } from 'hono';
import * as v from 'valibot';
import { sendEvent, sendMessage } from '../api/send.ts';
import type { Address } from '../callbacks/model.ts';
import { batchIn } from '../callbacks/shapes/parts.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Submitted } from '../objects/record-state.ts';
import { checkConsent, reachedBy, takePermit, takeShare } from '../sending/send-checks.ts';
import { isCommentReply, readSendRequest, type SendOrder } from '../sending/send-request.ts';
import { openHolding, patienceOf } from '../sending/wait.ts';
import { open } from '../services.ts';
import { isUnsure } from '../sinch/client.ts';
import { openGateway, type SendCall } from '../sinch/gateway.ts';
import { openShared } from '../sinch/rate.ts';
import { openContacts } from '../stores/erasure/contacts.ts';
import { readBody } from './body.ts';
import { sinchFor } from './pass-through.ts';
import { route } from './route.ts';
import type { Secured } from './token.ts';

const Accepted = v.looseObject({ message_id: v.string() });

/** `POST /send/v1/projects/{project}/messages:send` and `events:send`. Everything else under `/send` is passed through. */
export const sendRoutes = [
  route(sendMessage, (c) => sendChecked(c, 'messages:send')),
  route(sendEvent, (c) => sendChecked(c, 'events:send')),
];

/**
 * Sinch's own request with its own Authorization. A message that consent or a throttle forbids is refused, or delayed with
 * `Prefer: wait`; all others go to Sinch unchanged. A refusal states its reasons only to a caller whose Authorization Sinch
 * accepts; any other caller gets Sinch's own answer.
 */
async function sendChecked(c: Context<Secured>, call: SendCall): Promise<Response> {
  const services = open(c.env);
  const { settings, objects, dataKey, now, callers } = services;
  const sinch = sinchFor(settings, c.req.param('project'));
  const authorization = c.req.header('authorization');
  if (!authorization)
    throw new AppError('unauthorized', 'the Authorization that Sinch takes is needed');
  // First, so that others cost neither memory nor the project's rate, and are not held.
  const refusal = await callers().authorize(authorization, c.req.header('cf-connecting-ip'));
  if (refusal) return refusal;
  const body = await readBody(c.req.raw);
  const holding = openHolding(patienceOf(c.req.header('prefer')), (ms) => scheduler.wait(ms));
  const shared = openShared(c.env.KV, dataKey, objects, sinch.projectId, now);
  const share = (calls: number) => takeShare(calls, shared, holding);
  const gateway = openGateway(sinch, now, { share, slow: shared.slow });
  if (call === 'events:send' && !isCommentReply(body)) return gateway.send(call, c.req.raw, body);
  const order = readSendRequest(body);
  const contacts = openContacts(c.env, dataKey, objects, now);
  const reached = await reachedBy(order, { contacts, gateway, authorization });
  if (reached instanceof Response) return reached;
  await checkConsent(reached, order, { objects, now });
  const before = holding.held();
  const permit = await takePermit(order, reached, { objects, now, holding });
  const giveBack = () =>
    // @event send.permit-lost | A permit could not be returned after Sinch refused a message.
    permit().catch(() => console.error({ event: 'send.permit-lost', app: order.appId }));
  try {
    await gateway.turn();
    // A recipient may have sent STOP during the wait.
    if (holding.held() > before) await checkConsent(reached, order, { objects, now });
  } catch (error) {
    await giveBack();
    throw error;
  }
  const answer = await gateway.send(call, c.req.raw, body);
  if (answer.ok) await keepForRetries(answer, order, reached, services);
  else if (!isUnsure(answer.status)) await giveBack();
  return answer;
}

/** Stores the message, encrypted, as MESSAGE_SUBMIT would, for retries. The message is sent already, so a failure here is only logged. */
async function keepForRetries(
  answer: Response,
  { appId, message, metadata, correlationId, contactId, dispatch, options }: SendOrder,
  [address]: readonly Address[],
  { objects, dataKey, now }: ReturnType<typeof open>,
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
