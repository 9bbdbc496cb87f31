import { type Forwarded, sendForward } from '../alerts/send.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { forwardsTotal } from '../objects/metrics/definitions.ts';
import type { Effect } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { openReveal } from './alert-context.ts';
import { alertOperator } from './enqueue.ts';
import { blockedEgressDomains } from './loop-guard.ts';

/**
 * Forwards a callback to a destination. A destination that fails repeatedly is not tried for a while, with one operator alert; one
 * that is gone (410) pauses the rule, so that its callbacks are held and not lost.
 * @throws AppError `destination_unavailable` (try later), `destination_gone`, `destination_refused`, `not_configured`
 */
export async function forwardTo(
  to: string,
  forwarded: Forwarded,
  { rule, subject }: Effect,
  services: Services,
): Promise<void> {
  const { now, objects } = services;
  const { desk } = objects.alerts;
  const retryAt = await desk.forwardsBlockedUntil(to, now());
  if (retryAt !== undefined)
    throw new AppError('destination_unavailable', `destination ${to} fails and is not tried yet`, {
      retryAfter: Math.ceil((retryAt - now()) / 1000),
    });
  const report = (title: string, text: string) =>
    alertOperator({ title, text, subject, severity: 'critical' }, services);
  const blockedDomains = await blockedEgressDomains(services);
  try {
    const transports = { now, blockedDomains };
    await sendForward(to, forwarded, await services.alerts(), openReveal(services), transports);
    await desk.recordForward(to, undefined, now());
    services.metrics.count(forwardsTotal, { destination: to, status: 'delivered' });
  } catch (error) {
    services.metrics.count(forwardsTotal, { destination: to, status: codeOf(error) });
    if (codeOf(error) === 'destination_unavailable') {
      const { opened } = await desk.recordForward(to, messageOf(error), now());
      if (opened)
        await report(
          `forwards to ${to} fail`,
          `${messageOf(error)}. They are retried for three days with growing delays; none is lost.`,
        );
    }
    if (codeOf(error) === 'destination_gone') {
      const reason = `destination ${to} answered 410 Gone`;
      // Before the pause: once the rule is paused, no forward reaches this line again.
      await report(
        `rule ${rule.name} is paused`,
        `${reason}. Its callbacks are held. Give the destination a new address, then run: signalbox resume rule ${rule.name}.`,
      );
      await objects.pauses.pause({
        id: crypto.randomUUID(),
        kind: 'rule',
        name: rule.name,
        actor: 'Signalbox',
        reason,
        since: now(),
      });
    }
    throw error;
  }
}
