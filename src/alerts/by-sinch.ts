import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import type { DeliveryResult } from '../objects/alerts/alert-delivery.ts';
import type { Objects } from '../objects/index.ts';
import type { Content } from '../rules/model/values.ts';
import { contentType, recipientOf, type Sinch } from '../sinch/client.ts';
import type { SinchOutgoing } from './destinations/destination.ts';

/** The content type of an alert, for consent, throttle and Sinch. */
const CONTENT = 'notification' satisfies Content;

/** The longest time for one number, in milliseconds: longer than the timeout of a call to Sinch. */
const LEASE = 60_000;

/** The dependencies of sending by Sinch. */
export interface SinchReach {
  readonly now: () => number;
  readonly objects: Pick<Objects, 'recipients' | 'senders' | 'claims'>;
  /** @throws AppError `not_configured` */
  readonly sinch: () => Sinch;
}

/**
 * Sends an alert to people by Sinch, subject to consent and throttle like any send. A number that cannot be reached yet is tried
 * later, without sending to the others again. The alert counts as sent when no number is left for a later try.
 * @param id the message's own, the same at each try
 */
export async function sendBySinch(
  outgoing: SinchOutgoing,
  id: string,
  reach: SinchReach,
): Promise<DeliveryResult> {
  const all = [...new Set(outgoing.identities)];
  if (all.length === 0) return { kind: 'refused', message: 'its secret contains no number' };
  const answers: DeliveryResult[] = [];
  for (const identity of all) answers.push(await sendOnce(identity, outgoing, id, reach));
  const sent = answers.filter(({ kind }) => kind === 'sent').length;
  const waiting = answers.filter((answer) => answer.kind === 'later');
  const [missed] = waiting.length > 0 ? waiting : answers.filter(({ kind }) => kind === 'refused');
  if (!missed) return { kind: 'sent', message: 'Sinch accepted it' };
  const message = sent > 0 ? `sent to ${sent} of ${all.length}; ${missed.message}` : missed.message;
  if (missed.kind === 'later') return { kind: 'later', message, after: soonest(waiting) };
  return { kind: sent > 0 ? 'sent' : 'refused', message };
}

/** Seconds until the first waiting number may be tried again. */
function soonest(waiting: readonly { readonly after?: number | undefined }[]): number | undefined {
  const known = waiting.flatMap(({ after }) => after ?? []);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** Sends to one number, unless an earlier try did. */
async function sendOnce(
  identity: string,
  outgoing: SinchOutgoing,
  id: string,
  reach: SinchReach,
): Promise<DeliveryResult> {
  const { recipients, claims } = reach.objects;
  const address = { channel: outgoing.channel, identity, appId: outgoing.appId };
  const key = `sent/${id}/${await recipients.personOf(address)}`;
  const holder = crypto.randomUUID();
  const claim = await claims.take(key, LEASE, reach.now(), holder);
  if (claim === 'done') return { kind: 'sent', message: 'sent before' };
  if (claim === 'held')
    return { kind: 'later', message: 'another try is under way', after: LEASE / 1_000 };
  const answer = await sendTo(address, outgoing, reach);
  await (answer.kind === 'sent' ? claims.done(key) : claims.free(key, holder));
  return answer;
}

async function sendTo(
  address: Address,
  { appId, channel, message }: SinchOutgoing,
  { now, objects, sinch }: SinchReach,
): Promise<DeliveryResult> {
  const [consent] = await objects.recipients.read([address]);
  if (!consent) return { kind: 'later', message: 'consent could not be read' };
  if (consent.scopes.all || consent.scopes[CONTENT])
    return { kind: 'refused', message: 'the person asked for no more messages' };
  const sender = objects.senders.of(appId, channel);
  const permit = await sender.permit({ content: CONTENT, count: 1, now: now() });
  if (permit.granted < 1)
    return { kind: 'later', message: 'the sender is throttled', after: permit.retryAfter };
  try {
    await sinch().send({
      app_id: appId,
      recipient: recipientOf(address),
      message,
      ...contentType(CONTENT),
      channel_priority_order: [channel],
    });
    return { kind: 'sent', message: 'Sinch accepted it' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code !== 'sinch_unsure') await sender.giveBack(CONTENT, 1, now());
    // It may have been sent, but an alert received twice is better than one not received.
    return error.retryable
      ? { kind: 'later', message: messageOf(error), after: error.retryAfter }
      : { kind: 'refused', message: messageOf(error) };
  }
}
