import type { Callback } from '../../callbacks/callback.ts';
import type { FactValue } from '../../callbacks/facts/fact.ts';
import type { CompiledRule, CompiledThreshold } from '../model/compiled.ts';
import type { ObservedFacts } from '../model/observed-facts.ts';
import { evaluateNode } from '../model/tree.ts';
import { type Entry, MAX_LATENESS, type Reading } from '../model/window.ts';

/** A callback that counts for a rule with a threshold. Its window decides whether the rule fires. */
export interface Counted {
  readonly rule: CompiledRule;
  readonly threshold: CompiledThreshold;
  /** The values of the facts under `per`. Callbacks with the same values share a window. */
  readonly group: Readonly<Record<string, FactValue>>;
  /** Whether the rule's condition held. For a share, a callback counts if only `among` holds. */
  readonly hit: boolean;
}

/** The window that a callback counts in, the callback included. */
export interface WindowState {
  readonly reading: Reading;
  /** Whether this callback makes the rule fire. */
  readonly fires: boolean;
  /** When the window last made the rule fire, in milliseconds since 1970. */
  readonly firedAt: number | undefined;
}

/** Reads the window that a callback counts in, without changing it. */
export type ReadWindow = (counted: Counted) => Promise<WindowState>;

/**
 * Returns how a callback counts for a rule; `undefined` if it does not. Recalled facts must have been fetched. Its conditions are
 * evaluated by their compiled leaves: a rule that counts does not act yet, and most callbacks count for some rule.
 */
export function countCallback(
  rule: CompiledRule,
  threshold: CompiledThreshold,
  seen: ObservedFacts,
): Counted | undefined {
  const { among, per } = threshold;
  if (among && evaluateNode(among.when, seen.peek) !== true) return undefined;
  const hit = evaluateNode(rule.when, seen.peek) === true;
  if (!hit && !among) return undefined;
  return {
    rule,
    threshold,
    hit,
    group: Object.fromEntries(per.map((use) => [use.key, seen.read(use)])),
  };
}

/** Returns a unique text for the values of a group. */
export const groupKey = (group: Counted['group']): string => JSON.stringify(Object.entries(group));

/** Whether a callback arrived too long after its event time to count for any threshold. */
export const isLate = ({
  eventTime,
  receivedAt,
}: Pick<Callback, 'eventTime' | 'receivedAt'>): boolean => receivedAt - eventTime > MAX_LATENESS;

/** Returns a callback as a window entry. */
export const entryOf = (
  { id, eventTime }: Pick<Callback, 'id' | 'eventTime'>,
  { hit }: Counted,
): Entry => ({
  id,
  at: eventTime,
  hit,
});
