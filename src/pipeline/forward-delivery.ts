import { type Forwarded, type ForwardResult, sendForward } from '../alerts/send-forward.ts';
import { AppError, messageOf } from '../errors.ts';
import { forwardsTotal } from '../objects/metrics/definitions.ts';
import type { Effect, Outcome } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { openReveal } from './alert-context.ts';
import { alertOperator } from './enqueue.ts';
import { leaveFifo } from './fifo.ts';
import { blockedEgressDomains } from './loop-guard.ts';
import { DAILY } from './operator-alert.ts';

/** Seconds after which a forward to a destination that answered 410 is tried again, and then held: an isolate may know the pauses of five seconds ago. */
const UNTIL_PAUSED = 6;

type Failure = Exclude<ForwardResult, { readonly kind: 'sent' | 'gone' }>;

/**
 * Forwards a callback to a destination. One that does not answer repeatedly is not tried for a while, with one operator alert; one
 * that is gone (410) is paused, so that its callbacks are held and not lost.
 * @throws AppError `destination_unavailable` (try later), `destination_refused`, `not_configured`
 */
export async function forwardTo(
  to: string,
  forwarded: Forwarded,
  effect: Effect,
  services: Services,
): Promise<Outcome> {
  const { now, objects } = services;
  const { desk } = objects.alerts;
  const retryAt = await desk.forwardsBlockedUntil(to, now());
  if (retryAt !== undefined)
    throw new AppError('destination_unavailable', `destination ${to} fails and is not tried yet`, {
      retryAfter: Math.ceil((retryAt - now()) / 1000),
    });
  const blockedDomains = await blockedEgressDomains(services);
  const result = await sendForward(to, forwarded, await services.alerts(), openReveal(services), {
    now,
    blockedDomains,
  });
  services.metrics.count(forwardsTotal, { destination: to, status: result.kind });
  if (result.kind === 'sent') {
    await desk.noteForwarded(to, now()).catch((error: unknown) =>
      // The receiver has the callback: a failure here must not send it again.
      // @event forward.not-recorded | A forward arrived; that its destination works could not be
      //   stored.
      console.error({ event: 'forward.not-recorded', to, message: messageOf(error) }),
    );
    return { did: `forwarded to ${to}` };
  }
  if (result.kind === 'gone') return pauseGone(to, effect, services);
  await recordFailure(to, result, effect, services);
  throw new AppError('destination_unavailable', `destination ${to}: ${result.message}`, {
    ...(result.kind === 'unavailable' && { retryAfter: result.after }),
  });
}

/** Pauses a destination that answered 410. The forward is tried again in a moment, and then held by that pause. */
async function pauseGone(to: string, effect: Effect, services: Services): Promise<Outcome> {
  const reason = `destination ${to} answered 410 Gone`;
  // Before the pause: once the destination is paused, no forward reaches this line again.
  await alertOperator(
    {
      title: `destination ${to} is paused`,
      text: `${reason}. Callbacks for it are held; none is lost. Give the destination a new address, then run: signalbox resume destination ${to}.`,
      subject: effect.subject,
      severity: 'critical',
    },
    services,
  );
  await services.objects.pauses.pause({
    id: crypto.randomUUID(),
    kind: 'destination',
    name: to,
    actor: 'Signalbox',
    reason,
    since: services.now(),
  });
  return { later: UNTIL_PAUSED, reason };
}

/**
 * Records that a destination failed, and alerts the operator when it fails for the fifth time in a row. A body that alone is refused
 * for an hour leaves its line, so that those behind it go; it is tried alone until its time is over.
 */
async function recordFailure(
  to: string,
  failure: Failure,
  effect: Effect,
  services: Services,
): Promise<void> {
  const { desk } = services.objects.alerts;
  const now = services.now();
  const { opened, isolated } =
    failure.kind === 'refused'
      ? await desk.recordRefusal(to, effect.key, failure.message, now)
      : { ...(await desk.recordUnavailable(to, failure.message, now)), isolated: false };
  const { subject } = effect;
  if (opened)
    await alertOperator(
      {
        title: `forwards to ${to} fail`,
        text: `destination ${to}: ${failure.message}. They are retried for three days with growing delays; none is lost.`,
        subject,
        severity: 'critical',
      },
      services,
    );
  if (!isolated) return;
  await alertOperator(
    {
      title: `destination ${to} refuses a callback`,
      text: `It ${failure.message} for an hour and accepts others. The callback no longer delays those with the same ordering key. It is retried for three days, then it is a dead letter.`,
      subject,
      interval: DAILY,
    },
    services,
  );
  await leaveFifo(effect, services);
}
