import type { Allowance } from '../objects/budgets/budgets.ts';

const HOUR = 3_600_000;

/** The budget of an action: how often one rule may do it within an hour unless it says otherwise, and whether the rest is held. */
export interface Budget extends Allowance {
  /** `false`: it is done all the same, and told. */
  readonly held: boolean;
}

const an = (count: number, held: boolean): Budget => ({ count, within: HOUR, held });

/**
 * Every action has one; `ignore` needs none, as it does nothing. What goes out, costs, lets somebody back in or takes away is
 * held. What protects is done all the same: a STOP, the limit of a sender, a person who must be told or asked, a recording
 * whose address expires.
 */
export const BUDGETS: Readonly<Record<string, Budget>> = {
  retry: an(500, true),
  unsuppress: an(500, true),
  release: an(100, true),
  erase: an(200, true),
  forward: an(20_000, true),
  reply: an(500, true),
  check_capability: an(2_000, true),
  suppress: an(500, false),
  throttle: an(100, false),
  alert: an(5_000, false),
  review: an(500, false),
  compare_consent: an(500, false),
  archive: an(20_000, false),
};
