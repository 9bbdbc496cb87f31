import * as v from 'valibot';
import { sendMessage } from '../api/send.ts';
import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Submitted } from '../objects/record-state.ts';
import { checkConsent, reachedBy, takePermit, takeShare } from '../sending/send-checks.ts';
import { readSendRequest, type SendOrder } from '../sending/send-request.ts';
import { openHolding, patienceOf } from '../sending/wait.ts';
import { open } from '../services.ts';
import { isUnsure } from '../sinch/client.ts';
import { openGateway } from '../sinch/gateway.ts';
import { openShared } from '../sinch/rate.ts';
import { openContacts } from '../stores/erasure/contacts.ts';
import { readBody } from './body.ts';
import { route } from './route.ts';

const Accepted = v.looseObject({ message_id: v.string() });

/**
 * `POST /send/v1/projects/{project}/messages:send`: Sinch's own request with its own Authorization. A message that consent or
 * a throttle forbids is refused, or delayed with `Prefer: wait`; all others go to Sinch unchanged. A refusal states its reasons
 * only to a caller whose Authorization Sinch accepts.
 */
export const sendRoutes = [
  route(sendMessage, async (c) => {
    const services = open(c.env);
    const { settings, objects, dataKey, now, callers } = services;
    if (!settings.sinch)
      throw new AppError('not_configured', 'setting SINCH_PROJECT_ID: is not set');
    if (c.req.param('project') !== settings.sinch.projectId)
      throw new AppError(
        'not_found',
        'this Signalbox sends for another project (setting SINCH_PROJECT_ID)',
      );
    const authorization = c.req.header('authorization');
    if (!authorization)
      throw new AppError('unauthorized', 'the Authorization that Sinch takes is needed');
    // First, so that others cost neither memory nor the project's rate, and are not held.
    await callers().authorize(authorization, c.req.header('cf-connecting-ip'));
    const body = await readBody(c.req.raw);
    const order = readSendRequest(body);
    const holding = openHolding(patienceOf(c.req.header('prefer')), (ms) => scheduler.wait(ms));
    const { pace, slow } = openShared(c.env.KV, dataKey, objects, settings.sinch.projectId, now);
    const share = (calls: number) => takeShare(calls, pace, holding);
    const gateway = openGateway(settings.sinch, now, { share, slow });
    const contacts = openContacts(c.env, dataKey, objects, now);
    const reached = await reachedBy(order, { contacts, gateway, authorization });
    await checkConsent(reached, order, { objects, now });
    const before = holding.held();
    const permit = await takePermit(order, reached, { objects, now, holding });
    const giveBack = () =>
      permit().catch(() => console.error({ event: 'send.permit-lost', app: order.appId }));
    try {
      await gateway.turn();
      // A recipient may have sent STOP during the wait.
      if (holding.held() > before) await checkConsent(reached, order, { objects, now });
    } catch (error) {
      await giveBack();
      throw error;
    }
    const answer = await gateway.send(c.req.raw, body);
    if (answer.ok) await keepForRetries(answer, order, reached, services);
    else if (!isUnsure(answer.status)) await giveBack();
    return answer;
  }),
];

/** Stores the message, encrypted, as MESSAGE_SUBMIT would, for retries. The message is sent already, so a failure here is only logged. */
async function keepForRetries(
  answer: Response,
  { message, metadata, correlationId, contactId, dispatch, options }: SendOrder,
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
      whole: true,
    });
  } catch (error) {
    console.error({ event: 'send.not-kept', message: messageOf(error) });
  }
}
