import type { Allowance, Spent } from '../budgets/budgets.ts';
import type { EndedPause, Pause, PauseKind } from './pauses.ts';

/** How long an isolate goes by what it knows of the levers, in milliseconds: a pulled lever counts within seconds. */
const FRESH = 5_000;

/** Pauses and budgets. */
export interface PausesClient {
  /** The pauses in force, at most five seconds old. */
  pauses(now: number): Promise<readonly Pause[]>;
  /** The pauses in force at this moment. */
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
  /** Spends one of a rule's budget for an action, once a key. */
  spend(
    rule: string,
    action: string,
    key: string,
    allowance: Allowance,
    now: number,
  ): Promise<Spent>;
}

let known:
  | { readonly home: object; readonly at: number; readonly pauses: readonly Pause[] }
  | undefined;

/**
 * Opens the levers. What an isolate knows of them is shared by its requests, and forgotten by whoever pulls one.
 * @param home whose levers they are, as what is known is remembered: a jurisdiction's namespace is another object every time
 */
export function openPauses(
  pauses: Env['PAUSES'],
  budgets: Env['BUDGETS'],
  home: object = pauses,
): PausesClient {
  const desk = () => pauses.getByName('pauses');
  const pausesNow = async (now: number): Promise<readonly Pause[]> => {
    const pauses = await desk().inForce();
    known = { home, at: now, pauses };
    return pauses;
  };
  return {
    async pauses(now) {
      if (known?.home === home && now - known.at < FRESH && now >= known.at) return known.pauses;
      return pausesNow(now);
    },
    pausesNow,
    past: (limit) => desk().past(limit),
    async pause(pause) {
      known = undefined;
      return desk().pause(pause);
    },
    async resume(kind, name, actor, at, reason) {
      known = undefined;
      return desk().resume(kind, name, actor, at, reason);
    },
    spend: (rule, action, key, allowance, now) =>
      budgets.getByName(`${rule}/${action}`).spend(key, allowance, now),
  };
}
