import type { Reached } from '../house.ts';
import { sentBy } from '../sending-system.ts';
import { changeBy, refusedTo } from './consent.ts';
import { appliedAt, idOf } from './expected.ts';
import type { Invariant, Observed, ObservedCallback, ObservedRecipient } from './observed.ts';
import { addressIn, openKin } from './people.ts';
import { IN_FLIGHT } from './sends.ts';

/** A message that reached Sinch, and to whom it went. */
export interface Sent {
  readonly name: string;
  readonly app: string;
  readonly address: string;
  readonly channel: string;
  readonly content: 'marketing' | 'notification';
  readonly send: Reached;
}

/** Everything that was sent to somebody who may have refused it: again after a failure, or through the gateway. */
export function sentIn({ campaigns, called, reached }: Observed): readonly Sent[] {
  const again = campaigns.flatMap(({ name, identity, channel, app, content, resent }) => {
    const to = { name, channel, app: app.id, address: `${channel}/${identity}` };
    return resent.map((send) => ({ ...to, content, send }));
  });
  const bySender = Map.groupBy(
    reached.filter(({ host, messageId }) => host === 'sinch' && messageId !== undefined),
    sentBy,
  );
  const operations = new Set(called.map(({ operation }) => operation));
  const through = [...operations].flatMap((operation) => {
    if (operation.kind !== 'send') return [];
    const { name, app, channel, identity, content } = operation;
    return (bySender.get(name) ?? []).map((send) => ({
      ...{ name, channel, content, send, app: app.id, address: `${channel}/${identity}` },
    }));
  });
  return [...again, ...through];
}

/** Nothing is sent to somebody who said STOP. */
export const neverAfterStop: Invariant = {
  name: 'never after STOP',
  demands:
    'no message is sent to a person whose STOP to any app, on any channel of one inbox, under any known identity, or near miss, was acknowledged before the send began; where a STOP is that of its app, to that app',
  check: (observed) =>
    sentIn(observed).flatMap((sent) =>
      isRefusedBefore(sent.send, sent, observed)
        ? [`${sent.name}: ${sent.send.messageId ?? ''} went to ${sent.address} after a STOP`]
        : [],
    ),
};

/** Whether a person had certainly refused what was sent, or said to be allowed, well before `sentAt`; by `at` it was done. */
export function isRefusedBefore(
  { sentAt, at }: { readonly sentAt: number; readonly at: number },
  { app, address, content }: Pick<Sent, 'app' | 'address' | 'content'>,
  observed: Observed,
): boolean {
  const from = sentAt - IN_FLIGHT;
  // Certain by then is what was acknowledged; of what came later or was never answered nobody
  // knows when it counted.
  const isKin = openKin(address, observed, appliedAt, from);
  const mayBeKin = openKin(address, observed, ({ firstAt }) => firstAt, at);
  const about = observed.callbacks.filter(
    (callback) => callback.told && mayBeKin(addressIn(callback)),
  );
  const byHand = observed.called.filter(
    ({ operation: one }) =>
      one.kind === 'by-hand' && mayBeKin(`${one.channel}/${one.person.number}`),
  );
  const isOpen =
    about.some((one) => isOptIn(one, app) && one.firstAt <= at && appliedAt(one) > from) ||
    byHand.some(
      (one) =>
        one.sentAt <= at &&
        (one.status === 200 ? (one.answeredAt ?? 0) : Number.POSITIVE_INFINITY) > from,
    );
  if (isOpen) return false;
  const recipient = observed.recipients.get(address);
  const changes = about.flatMap((one) => {
    const meant = changeBy(one);
    // An opt-in counts, even if it is not certain that it counts for this identity.
    const counts = meant?.to === 'in' || isKin(addressIn(one));
    return meant && counts && appliedAt(one) <= from
      ? [{ at: recordedAt(one, recipient), ...meant, byHand: false }]
      : [];
  });
  const hands = byHand.flatMap(({ operation: one, answeredAt, status, sentAt: calledAt }) =>
    one.kind === 'by-hand' && status === 200 && answeredAt !== undefined && answeredAt <= from
      ? [{ at: calledAt, scope: 'all', to: one.to, app: '', byHand: true }]
      : [],
  );
  const isHeld = content === 'marketing' && changes.some(({ to }) => to === 'hold');
  return isHeld || refusedTo(app, [...changes, ...hands], observed.stopScope)[content] === true;
}

/** Whether a callback is an opt-in for an app: one to another app lifts nothing for it. */
function isOptIn(callback: ObservedCallback, app: string): boolean {
  const meant = changeBy(callback);
  return meant?.to === 'in' && (meant.app === app || meant.app === '');
}

/**
 * The time for which a change is on record: an event of the future is capped by the clock of
 * whoever took it.
 */
function recordedAt(callback: ObservedCallback, recipient: ObservedRecipient | undefined): number {
  const record = recipient?.history.find(({ decision }) => decision === idOf(callback));
  return record ? Date.parse(record.at) : Math.min(callback.eventAt, callback.firstAt);
}
