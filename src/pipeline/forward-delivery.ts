import { type Forwarded, sendForward } from '../alerts/send.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import type { Effect } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { revealing } from './alerting.ts';
import { enqueue } from './enqueue.ts';
import { blockedEgressDomains } from './loop-guard.ts';
import { notice } from './operator-alert.ts';

/**
 * Passes a body on to a destination. One that fails again and again is left alone for a while, and somebody is told once;
 * one that is gone for good (410) pauses the rule, so that what comes is held and not lost.
 * @throws AppError `destination_unavailable` (again later), `destination_refused`, `not_configured`
 */
export async function forwardTo(
  to: string,
  passed: Forwarded,
  { rule, subject }: Effect,
  services: Services,
): Promise<void> {
  const { now, objects } = services;
  const { desk } = objects.alerts;
  const circuit = `forward ${to}`;
  const rests = await desk.blockedUntil(circuit, now());
  if (rests !== undefined) {
    const retryAfter = Math.ceil((rests - now()) / 1000);
    throw new AppError(
      'destination_unavailable',
      `destination ${to} has failed again and again and rests`,
      {
        retryAfter,
      },
    );
  }
  const tell = (title: string, text: string) =>
    enqueue([notice(title, text, subject, now(), 'critical')], services);
  const own = await blockedEgressDomains(services);
  try {
    await sendForward(to, passed, await services.alerts(), revealing(services), { now, own });
    await desk.recordAttempt(circuit, undefined, now());
  } catch (error) {
    if (codeOf(error) === 'destination_unavailable') {
      const { opened } = await desk.recordAttempt(circuit, messageOf(error), now());
      if (opened)
        await tell(
          `forwards to ${to} fail`,
          `${messageOf(error)}. They are tried ever more rarely for three days; nothing is lost.`,
        );
    }
    if (codeOf(error) === 'destination_gone') {
      const reason = `destination ${to} answered 410 Gone`;
      // Told first: once it is paused, nothing comes this way again that could tell it.
      await tell(
        `rule ${rule.name} is paused`,
        `${reason}. What comes is held: give the destination a new address, then signalbox resume rule ${rule.name}.`,
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
