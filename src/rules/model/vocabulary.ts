import type * as v from 'valibot';
import type { FactDefinition, FactValue } from '../../callbacks/facts/fact.ts';

/** What rules need to know of an action: the words and the schema, not how it is done. Defined in full in `actions/`. */
export interface ActionDefinition {
  readonly name: string;
  /** `state` is stored before the callback is acknowledged, `effect` goes out from the queue, `record` only leaves a trace. */
  readonly kind: 'state' | 'effect' | 'record';
  readonly description: string;
  /** A strict object. */
  readonly params: v.GenericSchema<unknown, object>;
  /** Params that are templates over facts. */
  readonly templates: readonly string[];
  /**
   * Facts without which the action cannot run: `suppress` requires `channel` and `identity`. A list among them is a choice:
   * one of its facts is enough. `check` rejects the action on triggers that do not carry them.
   */
  readonly requiredFacts: readonly RequiredFact[];
  /** The action as a part of a sentence: "limit marketing to 10 a minute for 7 days". Params are already parsed. */
  readonly summary: (params: object) => string;
  /** Params that name a rule, or a destination of `alerts.json`. */
  readonly references?: Readonly<Record<string, 'rule' | 'destination'>>;
  /** Whether it undoes what an action of another rule does: then both should not fire for one callback. Params are parsed. */
  readonly undoes?: (params: object, other: ChosenAction) => boolean;
  /** Callbacks that it brings about when all goes well. A rule that fires for them feeds itself. */
  readonly triggersCallbacks?: readonly TriggeredCallback[];
}

/** A fact that an action requires, or several of which it requires one. */
export type RequiredFact = string | readonly string[];

/** What an action of a rule does. */
export interface ChosenAction {
  readonly action: string;
  readonly params: object;
  readonly rule: string;
}

/** A callback, by the facts that its trigger carries; those that are not here are missing. */
export interface TriggeredCallback {
  readonly trigger: string;
  readonly facts: Readonly<Record<string, FactValue>>;
}

/** A fact that at least one trigger carries. */
export interface FactEntry extends FactDefinition {
  readonly name: string;
  /** The triggers that carry it; empty if every callback may have it. */
  readonly triggers: readonly string[];
  /** It comes from the envelope or the subject, not from the trigger's own payload. */
  readonly common?: true;
}
