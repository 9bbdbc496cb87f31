import { AppError } from '../errors.ts';
import type { CapabilityCheck } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { alertOperator, sendWork } from './enqueue.ts';
import { pauseReason } from './holds.ts';
import type { Ended } from './queue-retries.ts';

/** The channel name of the sender that paces capability checks. No channel has this name. */
const CHECKS = 'CAPABILITY-CHECKS';

/** How long a check waits for its turn at most, in milliseconds. Then it is started again when it is needed. */
const EXPIRES = 3 * 3_600_000;

/** The longest time between two looks of a check at the rate, in seconds. */
const LONGEST_WAIT = 120;

/** How often a message looks at the rate before a new one takes its place, so that its tries are left for failures. */
const LOOKS = 12;

/**
 * Returns how long a check waits that got no permit, in seconds: twice as long each time, because many may wait and the rate permits
 * one of them; spread, so that they do not come together again.
 * @param retryAfter when the next permit is free, in seconds
 * @param looks how often it has looked, from 1
 */
function waitAfter(retryAfter: number, looks: number): number {
  const longest = Math.max(retryAfter, Math.min(LONGEST_WAIT, retryAfter * 2 ** (looks - 1)));
  return Math.ceil(retryAfter + Math.random() * (longest - retryAfter));
}

/** Returns the alert about a check that cannot be sent: Sinch refuses it, or the settings for requests to Sinch are missing. */
function alertOf(error: AppError, { app, address }: CapabilityCheck) {
  if (error.code === 'not_configured')
    return {
      title: 'Capability checks cannot be sent',
      text: `${error.message}. Set them, or do not ask for capability checks.`,
    };
  return {
    title: `Sinch refuses capability checks of ${address.channel}`,
    text: `${error.message}. The app is ${app}. Its channel must be set up at Sinch.`,
  };
}

/**
 * Sends one capability check to Sinch, when the rate of checks permits it. A pause of `check_capability`, of the app or of
 * everything ends it: it is started again when it is needed.
 * @param attempts how often its message was delivered, from 1
 * @throws AppError where Sinch cannot be reached
 */
export async function runCheck(
  check: CapabilityCheck,
  services: Services,
  attempts: number,
): Promise<Ended> {
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
    const looks = check.looks + attempts;
    const wait = waitAfter(retryAfter, looks);
    // @event capability.waits | A capability check waits for the rate of checks, for so many
    //   seconds. Nothing failed.
    const waits = { event: 'capability.waits', app, channel: address.channel, seconds: wait };
    // A message that is delivered twice would put two new ones in its place each time: mostly the same one waits.
    if (attempts < LOOKS) return { later: wait, waits };
    // Waiting is no failure: a new message waits, so that the tries are not used up.
    await sendWork({ ...check, looks }, services, wait);
    return waits;
  }
  try {
    await sinch().queryCapability(app, address, requestId);
  } catch (error) {
    // Without access to Sinch a later try would fail too: the check is started again when it is needed.
    const isFinal =
      error instanceof AppError && (!error.retryable || error.code === 'not_configured');
    if (!isFinal) throw error;
    await objects.reach.endChecks([{ address, app }]);
    await alertOperator(alertOf(error, check), services);
    // @event capability.refused | Sinch refused a capability check. An alert is raised once an hour.
    return { event: 'capability.refused', app, channel: address.channel, code: error.code };
  }
  // @event capability.requested | A capability check was sent to Sinch.
  return { event: 'capability.requested', app, channel: address.channel, request: requestId };
}
