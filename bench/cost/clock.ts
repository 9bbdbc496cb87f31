/**
 * A clock that stands until it is moved, in place of the runtime's: what waits for a time runs when the clock is moved past it.
 */
interface Timer {
  readonly at: number;
  readonly run: () => Promise<void> | void;
}

const timers = new Set<Timer>();
const realWait = scheduler.wait.bind(scheduler);
let now = 0;

Date.now = () => now;
export const time = (): number => now;
export const setTime = (at: number): void => {
  now = Math.max(now, at);
};

/** Runs `run` at a time; returns how to cancel it. */
export function runAt(at: number, run: Timer['run']): () => void {
  const timer = { at, run };
  timers.add(timer);
  return () => timers.delete(timer);
}

Object.defineProperty(scheduler, 'wait', {
  value: (ms: number) => new Promise<void>((resolve) => void runAt(now + ms, () => resolve())),
});
globalThis.setTimeout = ((run: () => void, ms = 0) => runAt(now + ms, run)) as never;
globalThis.clearTimeout = ((cancel: (() => void) | undefined) => cancel?.()) as never;

/** Lets everything that is under way go on until it waits for the clock. `busy` tells whether a call is under way. */
export async function settle(busy: () => boolean): Promise<void> {
  for (let quiet = 0; quiet < 2; quiet = busy() ? 0 : quiet + 1) await realWait(0);
}

/** Moves the clock to `until` and runs what is due, in order; at most `most` timers. */
export async function advance(until: number, busy: () => boolean, most = Infinity): Promise<void> {
  for (let ran = 0; ran < most; ran++) {
    let next: Timer | undefined;
    for (const timer of timers) if (!next || timer.at < next.at) next = timer;
    if (!next || next.at > until) break;
    timers.delete(next);
    setTime(next.at);
    await next.run();
    await settle(busy);
  }
  setTime(until);
}
