import type { Allowance } from '../entities/budgets.ts';

const HOUR = 3_600_000;

/** How often one rule may do an action within an hour unless it says otherwise. An action that is not here has no budget. */
export const BUDGETS: Readonly<Record<string, Allowance>> = {
  retry: { count: 500, within: HOUR },
  unsuppress: { count: 500, within: HOUR },
  release: { count: 100, within: HOUR },
  erase: { count: 200, within: HOUR },
  forward: { count: 20_000, within: HOUR },
  reply: { count: 500, within: HOUR },
  suppress: { count: 500, within: HOUR },
};

/** `suppress` is never held: somebody said no. Past its budget it is done all the same, and told. */
export const NEVER_HELD: readonly string[] = ['suppress', 'alert', 'ignore'];
