import type { Answered } from '../entities/alert-delivery.ts';
import type { Entities } from '../entities/index.ts';
import { AppError, messageOf } from '../errors.ts';
import { recipientOf, type Sinch } from '../sinch/client.ts';
import type { SinchOutgoing } from './destination.ts';

/** What sending by Sinch can reach. */
export interface SinchReach {
  readonly now: () => number;
  readonly entities: Pick<Entities, 'recipients' | 'senders'>;
  /** @throws AppError `not_configured` */
  readonly sinch: () => Sinch;
}

/** Sends an alert to people by Sinch. Consent and throttle bind it like any send; it went out when it went out to somebody. */
export async function sendBySinch(outgoing: SinchOutgoing, reach: SinchReach): Promise<Answered> {
  if (outgoing.identities.length === 0) return { kind: 'refused', says: 'its secret names no number' };
  const answers: Answered[] = [];
  for (const identity of outgoing.identities) answers.push(await sendTo(identity, outgoing, reach));
  const best = ['sent', 'later', 'refused'].map((kind) => answers.find((answer) => answer.kind === kind)).find(Boolean);
  return best ?? { kind: 'refused', says: 'nobody could be told' };
}

async function sendTo(
  identity: string,
  { appId, channel, message }: SinchOutgoing,
  { now, entities, sinch }: SinchReach,
): Promise<Answered> {
  const address = { channel, identity, appId };
  const [consent] = await entities.recipients.read([address]);
  if (!consent) return { kind: 'later', says: 'consent could not be read' };
  if (consent.scopes.all || consent.scopes.notification)
    return { kind: 'refused', says: 'the person asked for no more messages' };
  const permit = await entities.senders.of(appId, channel).permit({ content: 'notification', count: 1, now: now() });
  if (permit.granted < 1) return { kind: 'later', says: 'the sender is throttled', after: permit.retryAfter };
  try {
    await sinch().send({ app_id: appId, recipient: recipientOf(address), message, channel_priority_order: [channel] });
    return { kind: 'sent', says: 'Sinch took it' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // That it may have gone out is no reason to keep quiet: an alert is better heard twice.
    return error.retryable
      ? { kind: 'later', says: messageOf(error), after: error.retryAfter }
      : { kind: 'refused', says: messageOf(error) };
  }
}
