import { AppError } from '../errors.ts';

/** The longest that a message is held back, in seconds, whatever it waits for. */
const LONGEST_WAIT = 30;

/** How many seconds a sender is willing to wait: `Prefer: wait=10` (RFC 7240), 30 at most. What cannot be read is no preference. */
export function patienceOf(prefer: string | undefined): number {
  const [, seconds = '0'] =
    /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i.exec(prefer ?? '') ?? [];
  return Math.min(Number(seconds), LONGEST_WAIT);
}

/** The time for which one message may be held back, over all that it waits for. */
export interface Holding {
  /** Waits so many seconds. @throws AppError `throttled` at once, saying when to try again, when that is longer than is left */
  readonly wait: (seconds: number, reason: string) => Promise<void>;
  /** How many seconds it has waited. */
  readonly held: () => number;
}

/** @param patience in seconds @param pause waits so many milliseconds */
export function openHolding(
  patience: number,
  pause: (milliseconds: number) => Promise<void>,
): Holding {
  let held = 0;
  return {
    async wait(seconds, reason) {
      if (held + seconds > patience)
        throw new AppError('throttled', `${reason}; nothing was sent`, { retryAfter: seconds });
      await pause(seconds * 1_000);
      held += seconds;
    },
    held: () => held,
  };
}
