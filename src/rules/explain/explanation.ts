import type { WindowState } from '../decide/counted.ts';

/** One comparison that did not hold, or whose result is not known. */
export interface Observation {
  /** The name of the fact, or the path of the field: `payload.contact.id`. */
  readonly fact: string;
  readonly operator: string;
  /** The observed value in words, or "missing". */
  readonly saw: string;
  /** The value that the rule needs, in words. */
  readonly needs: string;
  /** The value is no longer stored, so it is not known whether the comparison held. */
  readonly unknown?: true;
}

/** Why a rule fired, or did not fire, for a callback. */
export interface Explanation {
  readonly rule: string;
  readonly outcome:
    | 'fired'
    | 'shadow'
    | 'erred'
    | 'counted'
    | 'did-not-fire'
    | 'unknown'
    | 'stopped'
    | 'expired'
    | 'disabled';
  /** How many comparisons held, of the `of` that count. Of an `any`, only the branch nearest to holding counts. */
  readonly held: number;
  readonly of: number;
  readonly misses: readonly Observation[];
  readonly sentence: string;
  /** For a rule with a threshold: the window of the callback, the callback included. */
  readonly window?: WindowState;
}

/** How far from firing: one for each miss, a half where the result is not known. */
export const distanceOf = (misses: readonly Observation[]): number =>
  misses.reduce((sum, { unknown }) => sum + (unknown ? 0.5 : 1), 0);
