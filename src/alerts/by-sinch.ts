import type { Address } from '../callbacks/model.ts';
import { AppError, messageOf } from '../errors.ts';
import type { DeliveryResult } from '../objects/alerts/alert-delivery.ts';
import type { Objects } from '../objects/index.ts';
import type { Content } from '../rules/model/values.ts';
import { contentType, recipientOf, type Sinch } from '../sinch/client.ts';
import type { SinchOutgoing } from './destinations/destination.ts';

/** An alert is told as a notification: consent, throttle and Sinch are all asked for that. */
const CONTENT = 'notification' satisfies Content;

/** How long one number may take, in milliseconds: longer than Sinch's answer. */
const LEASE = 60_000;

/** What sending by Sinch can reach. */
export interface SinchReach {
  readonly now: () => number;
  readonly objects: Pick<Objects, 'recipients' | 'senders' | 'claims'>;
  /** @throws AppError `not_configured` */
  readonly sinch: () => Sinch;
}

/**
 * Sends an alert to people by Sinch. Consent and throttle bind it like any send. Who cannot be told yet is told by a later try, which
 * tells nobody else again; it went out when nobody is left whom a later try could tell.
 * @param id the message's own, the same at each try
 */
export async function sendBySinch(
  outgoing: SinchOutgoing,
  id: string,
  reach: SinchReach,
): Promise<DeliveryResult> {
  const all = [...new Set(outgoing.identities)];
  if (all.length === 0) return { kind: 'refused', message: 'its secret names no number' };
  const answers: DeliveryResult[] = [];
  for (const identity of all) answers.push(await tellOnce(identity, outgoing, id, reach));
  const told = answers.filter(({ kind }) => kind === 'sent').length;
  const waiting = answers.filter((answer) => answer.kind === 'later');
  const [missed] = waiting.length > 0 ? waiting : answers.filter(({ kind }) => kind === 'refused');
  if (!missed) return { kind: 'sent', message: 'Sinch took it' };
  const message = told > 0 ? `told ${told} of ${all.length}; ${missed.message}` : missed.message;
  if (missed.kind === 'later') return { kind: 'later', message, after: soonest(waiting) };
  return { kind: told > 0 ? 'sent' : 'refused', message };
}

/** When the first of those that wait may be tried again, in seconds. */
function soonest(waiting: readonly { readonly after?: number | undefined }[]): number | undefined {
  const known = waiting.flatMap(({ after }) => after ?? []);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** Tells one number, unless an earlier try did. */
async function tellOnce(
  identity: string,
  outgoing: SinchOutgoing,
  id: string,
  reach: SinchReach,
): Promise<DeliveryResult> {
  const { recipients, claims } = reach.objects;
  const address = { channel: outgoing.channel, identity, appId: outgoing.appId };
  const key = `told/${id}/${await recipients.personOf(address)}`;
  const claim = await claims.take(key, LEASE, reach.now());
  if (claim === 'done') return { kind: 'sent', message: 'told before' };
  if (claim === 'held')
    return { kind: 'later', message: 'another try is under way', after: LEASE / 1_000 };
  const answer = await sendTo(address, outgoing, reach);
  await (answer.kind === 'sent' ? claims.done(key) : claims.free(key));
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
    return { kind: 'sent', message: 'Sinch took it' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code !== 'sinch_unsure') await sender.giveBack(CONTENT, 1, now());
    // That it may have gone out is no reason to keep quiet: an alert is better heard twice.
    return error.retryable
      ? { kind: 'later', message: messageOf(error), after: error.retryAfter }
      : { kind: 'refused', message: messageOf(error) };
  }
}
