import { byWhat } from '../api/operating/senders.ts';
import { time } from '../api/operation.ts';
import { AppError } from '../errors.ts';
import type { Objects } from '../objects/index.ts';
import type { ActiveLimit } from '../objects/senders/limits.ts';
import type { Content } from '../rules/model/values.ts';

/** The longest stop, in milliseconds, for which a client is asked to wait. */
const WAITABLE = 60_000;

type Limit = Pick<ActiveLimit, 'to' | 'until' | 'reason'>;

/** Returns the limit in force on a kind of content; `undefined` where it ended meanwhile or cannot be read. */
export async function limitOn(
  sender: Pick<ReturnType<Objects['senders']['of']>, 'left'>,
  content: Content,
  now: number,
): Promise<Limit | undefined> {
  const [remaining] = await sender.left([content], now).catch(() => []);
  return remaining?.limit;
}

/** Checks that waiting a minute helps. @throws AppError `sender_stopped` with `until` and `reason` for a longer stop */
export function checkStop(
  limit: Limit | undefined,
  channel: string,
  content: Content,
  now: number,
): void {
  if (limit?.to !== '0' || limit.until - now <= WAITABLE) return;
  throw new AppError(
    'sender_stopped',
    `${channel} ${content} of this sender is stopped ${byWhat(limit.reason)} until ${time(limit.until)}; nothing was sent`,
    { details: { until: time(limit.until), reason: limit.reason } },
  );
}

/** Returns the text of a limit: who set it, and until when it holds. */
export const describeLimit = (
  limit: Limit | undefined,
  channel: string,
  content: Content,
): string =>
  limit
    ? `${channel} ${content} of this sender is limited to ${limit.to} ${byWhat(limit.reason)} until ${time(limit.until)}`
    : `${channel} ${content} of this sender is limited`;

/** Returns the text of the project's rate: a pause that Sinch has asked for, or the share of its limit that Signalbox takes. */
export const describeShare = (limit: Limit | undefined): string =>
  limit
    ? `Sinch has answered 429 and asked this project to pause until ${time(limit.until)}`
    : 'Signalbox’s share of the rate that Sinch allows this project is used up for this second';
