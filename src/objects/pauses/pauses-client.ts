import type { Allowance, SpendResult } from '../budgets/budgets.ts';
import { SHARDS, shardOf } from '../shards.ts';
import type { EndedPause, Pause, PauseKind } from './pauses.ts';

/** How long an isolate caches the pauses, in milliseconds: a new pause takes effect within seconds. */
const CACHE_TIME = 5_000;

/**
 * Pauses and budgets. State: the one `Pauses` object, and a `Budgets` object for each rule and action
 * and for each person who gets answers.
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
  /**
   * Spends one of a rule's budget for an action, once for each key.
   * @param sharded counts on up to 16 objects, which is approximate: up to a third above a large budget is allowed
   */
  spend(
    rule: string,
    action: string,
    key: string,
    allowance: Allowance,
    now: number,
    sharded?: boolean,
  ): Promise<SpendResult>;
  /** Spends one of the answers that a person may get, once for each key. `person` is the keyed hash. */
  spendReply(person: string, key: string, allowance: Allowance, now: number): Promise<SpendResult>;
}

/** The fewest executions that one shard of a budget counts: fewer would be too uneven. */
const SHARE = 100;

/**
 * Returns the object that counts a key, and its share of the budget. The keys of a shard vary by
 * chance (about the square root of their number), so that a share has a margin: no budget is
 * reported as exceeded before it is.
 */
function shareOf(
  name: string,
  key: string,
  { count, within }: Allowance,
): { readonly name: string; readonly allowance: Allowance } {
  const shards = Math.min(SHARDS, Math.floor(count / SHARE));
  if (shards < 2) return { name, allowance: { count, within } };
  const mean = count / shards;
  const share = Math.ceil(mean + 3 * Math.sqrt(mean));
  return { name: `${name}/${shardOf(key) % shards}`, allowance: { count: share, within } };
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
    spendReply: (person, key, allowance, now) =>
      budgets.getByName(`person/${person}/reply`).spend(key, allowance, now),
    spend: (rule, action, key, allowance, now, sharded = false) => {
      const whole = { name: `${rule}/${action}`, allowance };
      const share = sharded ? shareOf(whole.name, key, allowance) : whole;
      return budgets.getByName(share.name).spend(key, share.allowance, now);
    },
  };
}
