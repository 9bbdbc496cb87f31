import { messageOf } from '../../errors.ts';
import { withTimeout } from '../../outbound/timeout.ts';
import type { Refusal, RefusalState, Refusals } from './refusals.ts';

/** How many calls an isolate makes at once, and how long until the next one, in milliseconds: an attack must not reach the object. */
const CALLS = 20;
const CALL_INTERVAL = 1_000;
/** How often an isolate reports that signatures of an app verify, in milliseconds. */
const VERIFY_INTERVAL = 60_000;
/** The timeout of a call, in milliseconds: a callback waits for it. */
const TIMEOUT = 1_000;

/** Refused callbacks. State: the one `Refusals` object. Copy: the last answer, in each isolate. */
export interface RefusalsClient {
  /**
   * Counts a refusal and returns whether the secret seems to be wrong, so that Sinch should retry. Above 20 calls at once it counts
   * in the isolate and reports once a second. It never throws.
   */
  refuse(
    refusal: Omit<Refusal, 'n' | 'unverified'> & { unverified: boolean },
    now: number,
  ): Promise<boolean>;
  /** Reports that a signature of an app verified: once a minute, or at once while signatures fail. It never throws. */
  verify(app: string, now: number): Promise<void>;
  read(now: number): Promise<RefusalState>;
}

/** Opens the client. What an isolate counts ends with the client. */
export function openRefusals(namespace: DurableObjectNamespace<Refusals>): RefusalsClient {
  const object = () => namespace.getByName('refusals');
  const waiting = new Map<string, Refusal>();
  const verified = new Map<string, number>();
  let failing = false;
  let calls = CALLS;
  let refilledAt = 0;

  function mayCall(now: number): boolean {
    calls = Math.min(CALLS, calls + (now - refilledAt) / CALL_INTERVAL);
    refilledAt = now;
    if (calls < 1) return false;
    calls -= 1;
    return true;
  }

  return {
    async refuse({ code, app, unverified }, now) {
      const key = `${code} ${app}`;
      const before = waiting.get(key);
      waiting.set(key, {
        code,
        app,
        n: (before?.n ?? 0) + 1,
        unverified: (before?.unverified ?? 0) + (unverified ? 1 : 0),
      });
      if (!mayCall(now)) return failing;
      const refusals = [...waiting.values()];
      waiting.clear();
      try {
        failing = await withTimeout(TIMEOUT, object().refuse(refusals, now));
      } catch (error) {
        console.error({ event: 'refusals.not-counted', message: messageOf(error) });
      }
      return failing;
    },
    async verify(app, now) {
      if (!failing && now - (verified.get(app) ?? Number.NEGATIVE_INFINITY) < VERIFY_INTERVAL)
        return;
      verified.set(app, now);
      failing = false;
      try {
        await withTimeout(TIMEOUT, object().verify(app, now));
      } catch (error) {
        verified.delete(app);
        console.error({ event: 'refusals.not-counted', message: messageOf(error) });
      }
    },
    read: (now) => object().read(now),
  };
}
