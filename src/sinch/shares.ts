/** How long a share of the project's rate is used after it was granted, in milliseconds. */
export const CARRIED = 50;

/** When a request that asks for several is taken to be gone, in milliseconds: the runtime ends one without a word when its caller hangs up. */
const LOST = 10_000;

/** The shares of the project's rate at Sinch that an isolate has taken and not used. */
export interface Shares {
  /**
   * Returns how many calls are permitted, at least one: from what is left, else by `ask`. An isolate that sends often asks for as many
   * as it sent lately, so that the object that keeps the rate is not called for each message.
   * @param ask takes a share for up to so many calls and returns its size, at least one. It may wait or throw
   */
  readonly take: (calls: number, ask: (calls: number) => Promise<number>) => Promise<number>;
  /** Forgets what is left: Sinch asked for a pause. */
  readonly drop: () => void;
}

/** Opens the shares of an isolate. @param now returns milliseconds since 1970 */
export function openShares(now: () => number): Shares {
  let left = { calls: 0, until: 0 };
  /** The calls in this span of `CARRIED` milliseconds and in the one before it. */
  let recent = { span: 0, calls: 0, before: 0 };
  let askingUntil = 0;

  /** Counts calls, and returns how many there were lately. */
  function lately(calls: number): number {
    const span = Math.floor(now() / CARRIED);
    if (span > recent.span)
      recent = { span, calls: 0, before: span === recent.span + 1 ? recent.calls : 0 };
    recent.calls += calls;
    return Math.max(recent.calls, recent.before);
  }

  return {
    async take(calls, ask) {
      const often = lately(calls);
      const at = now();
      if (left.calls >= calls && at < left.until) {
        left.calls -= calls;
        return calls;
      }
      // Beside a request that asks for several, others ask for their own alone.
      if (at < askingUntil) return ask(calls);
      askingUntil = at + LOST;
      try {
        const granted = await ask(often);
        const own = Math.min(calls, granted);
        left = { calls: granted - own, until: now() + CARRIED };
        return own;
      } finally {
        askingUntil = 0;
      }
    },
    drop() {
      left = { calls: 0, until: 0 };
    },
  };
}
