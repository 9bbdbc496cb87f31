import type * as v from 'valibot';
import type { FactDefinition, FactValue } from '../../callbacks/facts/fact.ts';
import type { FindingCode } from './finding-codes.ts';

/** An action as the rules see it: its schema and sentences, not its execution, which `actions/` adds. */
export interface ActionDefinition {
  readonly name: string;
  /** `state` is stored before the callback is acknowledged, `effect` is delivered from the queue, `record` only appears in the journal. */
  readonly kind: 'state' | 'effect' | 'record';
  readonly description: string;
  /** A strict object. */
  readonly params: v.GenericSchema<unknown, object>;
  /** Params that are templates over facts. */
  readonly templates: readonly string[];
  /**
   * The template that states what the action is about, beside the facts that tell its subjects apart anyway. Where a rule with
   * a threshold leaves it out, it is the other facts by which the rule groups: each group is a subject of its own.
   */
  readonly subject?: { readonly param: string; readonly besides: readonly string[] };
  /**
   * Facts without which the action cannot run: `suppress` requires `channel` and `identity`. A list among them is a choice:
   * one of its facts is enough. `check` rejects the action on triggers that do not carry them.
   */
  readonly requiredFacts: readonly RequiredFact[];
  /** On a callback about a contact it uses the contact's addresses, so it needs neither `channel` nor `identity` there. */
  readonly worksOnContacts?: true;
  /** The action as a part of a sentence: "limit marketing to 10 a minute for 7 days". Params are already parsed. */
  readonly summary: (params: object) => string;
  /** Params that name a rule, or a destination of `alerts.json`. */
  readonly references?: Readonly<Record<string, 'rule' | 'destination'>>;
  /** Whether it undoes an action of another rule, so that both should not fire for one callback. Params are already parsed. */
  readonly undoes?: (params: object, other: ChosenAction) => boolean;
  /** Callbacks that Sinch sends when the action succeeds. A rule that fires for one of them triggers itself. */
  readonly triggersCallbacks?: readonly TriggeredCallback[];
  /** It answers to what the person wrote, so its rule must exclude messages of the business. */
  readonly repliesToPerson?: true;
  /** Whether it has no meaning for a trigger that carries all it requires: a reply to a delivery report. */
  readonly isMeaningless?: (trigger: string) => boolean;
  /** What is doubtful about params that are valid: two of them contradict each other. Params are already parsed. */
  readonly doubts?: (params: object) => readonly ParamDoubt[];
  /** How it changes the person's consent, if it does. */
  readonly consent?: 'out' | 'in';
}

/** A doubt about a param. */
export interface ParamDoubt {
  /** The param, or a place in it. */
  readonly param: readonly (string | number)[];
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string;
}

/** A fact that an action requires, or several of which it requires one. */
export type RequiredFact = string | readonly string[];

/** An action of a rule. */
export interface ChosenAction {
  readonly action: string;
  readonly params: object;
  readonly rule: string;
}

/** A callback as its facts. A fact that is not listed is missing. */
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
