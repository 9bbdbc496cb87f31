import { AppError } from '../errors.ts';
import type { CapabilityCheck } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { sendWork } from './effect-queue.ts';
import { alertOperator } from './enqueue.ts';
import { pauseReason } from './holds.ts';
import type { Ended } from './queue-retries.ts';

/** The channel name of the sender that paces capability checks. No channel has this name. */
const CHECKS = 'CAPABILITY-CHECKS';

/** How long a check waits for its turn at most, in milliseconds. Then it is started again when it is needed. */
const EXPIRES = 3 * 3_600_000;

/**
 * Sends one capability check to Sinch, when the rate of checks permits it. A pause of `check_capability`, of the app or of
 * everything ends it: it is started again when it is needed. @throws AppError where Sinch cannot be reached
 */
export async function runCheck(check: CapabilityCheck, services: Services): Promise<Ended> {
  const { app, address, requestId, at } = check;
  const { now, objects, settings, sinch } = services;
  const pause = await pauseReason('check_capability', app, services);
  const ends = pause ?? (now() - at > EXPIRES ? 'it waited too long' : undefined);
  if (ends) {
    await objects.reach.endChecks([{ address, app }]);
    // @event capability.dropped | A capability check was not sent, for the reason stated. It is
    //   started again when it is needed.
    return { event: 'capability.dropped', app, channel: address.channel, reason: ends };
  }
  const { granted, retryAfter = 1 } = await objects.senders
    .of(settings.sinch?.projectId ?? '', CHECKS)
    .permit({ content: 'other', count: 1, now: now(), or: settings.capabilityCheckRate });
  if (granted === 0) {
    // Waiting is no failure: a new message waits, so that this one's tries are not used up.
    await sendWork(check, services, retryAfter);
    return { quiet: true };
  }
  try {
    await sinch().queryCapability(app, address, requestId);
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    await objects.reach.endChecks([{ address, app }]);
    const title = `Sinch refuses capability checks of ${address.channel}`;
    const text = `${error.message}. The app is ${app}. Its channel must be set up at Sinch.`;
    await alertOperator({ title, text }, services);
    // @event capability.refused | Sinch refused a capability check. An alert is raised once an hour.
    return { event: 'capability.refused', app, channel: address.channel, code: error.code };
  }
  // @event capability.requested | A capability check was sent to Sinch.
  return { event: 'capability.requested', app, channel: address.channel, request: requestId };
}
