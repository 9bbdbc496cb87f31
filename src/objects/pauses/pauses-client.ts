import type { Allowance, SpendResult } from '../budgets/budgets.ts';
import type { EndedPause, Pause, PauseKind } from './pauses.ts';

/** How long an isolate caches the pauses, in milliseconds: a new pause takes effect within seconds. */
const CACHE_TIME = 5_000;

/**
 * Pauses and budgets. State: the one `Pauses` object, and a `Budgets` object for each rule and action.
 * Copy: the pauses, in the memory of each isolate.
 */
export interface PausesClient {
  /** Returns the pauses in force, at most five seconds old. */
  pauses(now: number): Promise<readonly Pause[]>;
  /** Returns the pauses in force, read from the object. */
  pausesNow(now: number): Promise<readonly Pause[]>;
  past(limit: number): Promise<readonly EndedPause[]>;
  pause(pause: Pause): Promise<Pause>;
  resume(
    kind: PauseKind,
    name: string,
    actor: string,
    at: number,
    reason: string,
  ): Promise<Pause | undefined>;
  /** Spends one of a rule's budget for an action, once for each key. */
  spend(
    rule: string,
    action: string,
    key: string,
    allowance: Allowance,
    now: number,
  ): Promise<SpendResult>;
}

/** Opens the client. The requests of an isolate share its cached pauses; a change empties the cache. */
export function openPauses(pauses: Env['PAUSES'], budgets: Env['BUDGETS']): PausesClient {
  let known: { readonly at: number; readonly pauses: readonly Pause[] } | undefined;
  const object = () => pauses.getByName('pauses');
  const pausesNow = async (now: number): Promise<readonly Pause[]> => {
    const pauses = await object().inForce();
    known = { at: now, pauses };
    return pauses;
  };
  return {
    async pauses(now) {
      if (known && now - known.at < CACHE_TIME && now >= known.at) return known.pauses;
      return pausesNow(now);
    },
    pausesNow,
    past: (limit) => object().past(limit),
    async pause(pause) {
      known = undefined;
      return object().pause(pause);
    },
    async resume(kind, name, actor, at, reason) {
      known = undefined;
      return object().resume(kind, name, actor, at, reason);
    },
    spend: (rule, action, key, allowance, now) =>
      budgets.getByName(`${rule}/${action}`).spend(key, allowance, now),
  };
}
