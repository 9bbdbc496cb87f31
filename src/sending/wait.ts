import { AppError } from '../errors.ts';

/** The longest wait of a message (s). */
const LONGEST_WAIT = 30;

/** Returns the seconds that a caller accepts to wait: `Prefer: wait=10` (RFC 7240), at most 30. An unreadable header is ignored. */
export function patienceOf(prefer: string | undefined): number {
  const [, seconds = '0'] =
    /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i.exec(prefer ?? '') ?? [];
  return Math.min(Number(seconds), LONGEST_WAIT);
}

/** The time budget of one message over all its waits. */
export interface Holding {
  /** Waits `seconds`. `reason` returns the text of the refusal: who set the limit, and until when. @throws AppError `throttled` at once, with the time to wait, where the budget is shorter */
  readonly wait: (seconds: number, reason: () => Promise<string>) => Promise<void>;
  /** The seconds waited so far. */
  readonly held: () => number;
}

/** Opens a time budget. @param patience the budget in seconds @param pause waits a number of milliseconds */
export function openHolding(
  patience: number,
  pause: (milliseconds: number) => Promise<void>,
): Holding {
  let held = 0;
  return {
    async wait(seconds, reason) {
      if (held + seconds > patience)
        throw new AppError('throttled', `${await reason()}; nothing was sent`, {
          retryAfter: seconds,
        });
      await pause(seconds * 1_000);
      held += seconds;
    },
    held: () => held,
  };
}
