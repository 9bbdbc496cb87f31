import * as v from 'valibot';
import type { Alarm } from '../alerts/alert-dispatcher.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import type { Address } from '../callbacks/model.ts';
import { addressOf as addressIn } from '../callbacks/shapes/parts.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { AppError } from '../errors.ts';
import type { Objects, SenderClient } from '../objects/index.ts';
import type { ActionDefinition, ChosenAction } from '../rules/model/vocabulary.ts';
import type { Sinch } from '../sinch/client.ts';
import type { Effect, Outcome, Subject } from '../work/effect.ts';
import type { ReviewRequest } from '../work/services.ts';

/** The objects that state actions write to: consent and limits, nothing else. */
export interface StateObjects {
  readonly recipients: Pick<Objects['recipients'], 'change'>;
  readonly senders: { of(appId: string, channel: string): Pick<SenderClient, 'limit' | 'release'> };
}

/** What a state action can reach. It is awaited before the callback is acknowledged. */
export interface StateContext {
  /** The same for a redelivery: callback id, rule and place in the rule. */
  readonly key: string;
  readonly subject: Subject;
  readonly rule: string;
  readonly rulebook: string;
  readonly fact: (name: string) => FactValue;
  readonly objects: StateObjects;
}

/** An alert on its way to its group; whether another rule ends it is looked up. */
export type RaisedAlert = Pick<Alarm, 'key' | 'at'> & {
  readonly member: Omit<Alarm['member'], 'resolvable'>;
};

/** What an effect can reach, behind the queue, once it holds its claim. */
export interface EffectContext {
  readonly effect: Effect;
  readonly subject: Subject;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** An earlier try held this claim and never said how it ended: it may have gone out. */
  readonly lapsed: boolean;
  readonly objects: Objects;
  readonly dataKey: DataKey;
  /** @throws AppError `not_configured` without SINCH_* settings */
  readonly sinch: () => Sinch;
  /** Raises an alert into its group. */
  readonly raise: (alarm: RaisedAlert) => Promise<string>;
  readonly forward: (to: string, id: string, body: string, orderingKey?: string) => Promise<void>;
  /** The callback's body, from the message or from R2. @throws AppError `action_impossible` when it is gone */
  readonly body: () => Promise<string>;
  /** Streams a file from an allowed host to R2, once a key; what broke off goes on. */
  readonly keep: (url: string, key: string) => Promise<Outcome>;
  /** Puts something before a person; `undefined` when there is nothing to decide. */
  readonly review: (request: ReviewRequest) => Promise<string | undefined>;
  /** The addresses that travelled with the effect. @throws AppError `action_impossible` when R2 no longer has them */
  readonly addresses: () => Promise<readonly Address[]>;
  /** The addresses that are known of a contact. */
  readonly addressesOf: (contactId: string) => Promise<readonly Address[]>;
  /** Removes a contact's data from every store, and says what went. */
  readonly erase: (contactId: string | undefined, addresses: readonly Address[]) => Promise<string>;
}

/** The facts that travel with an effect: those that the rule used and those that the action wants. */
export type EffectFacts = Readonly<Record<string, unknown>>;

interface Common<P extends object> {
  readonly name: string;
  readonly description: string;
  readonly params: v.GenericSchema<unknown, P>;
  readonly templates?: readonly (keyof P & string)[];
  readonly requiredFacts?: ActionDefinition['requiredFacts'];
  /** Facts that travel with the effect beside those the rule used. */
  readonly carriesFacts?: readonly string[];
  readonly summary: (params: P) => string;
  readonly references?: ActionDefinition['references'];
  readonly undoes?: (params: P, other: ChosenAction) => boolean;
  readonly triggersCallbacks?: ActionDefinition['triggersCallbacks'];
}
interface StateDefinition<P extends object> extends Common<P> {
  readonly kind: 'state';
  readonly run: (params: P, context: StateContext) => Promise<void>;
}
interface EffectDefinition<P extends object> extends Common<P> {
  readonly kind: 'effect';
  /** Whether the callback's body must travel along. */
  readonly carriesBody?: boolean;
  /** Whether the addresses that the callback tells of a contact must travel along: all, or those that its words name. */
  readonly carriesAddresses?: 'all' | 'named';
  /** Seconds to wait on the queue, from the facts that travel with the effect. */
  readonly delay?: (params: P, facts: EffectFacts) => number;
  /** What must happen once, where that is not "this action of this rule for this callback". */
  readonly claim?: (params: P, context: EffectContext) => Promise<string>;
  /** Names the line in which it must go, first come first; `undefined`: no order. */
  readonly line?: (params: P) => string | undefined;
  /** How long one try may take, in milliseconds, where that is more than a minute. */
  readonly lease?: number;
  readonly deliver: (params: P, context: EffectContext) => Promise<Outcome>;
}
interface RecordDefinition<P extends object> extends Common<P> {
  readonly kind: 'record';
}

/** An action as the rest of the house sees it: its params type stays behind its own schema. */
export interface Action extends ActionDefinition {
  readonly carriesFacts: readonly string[];
  readonly carriesBody: boolean;
  readonly carriesAddresses?: 'all' | 'named';
  readonly run?: (params: object, context: StateContext) => Promise<void>;
  readonly delay?: (params: object, facts: EffectFacts) => number;
  readonly claim?: (params: object, context: EffectContext) => Promise<string>;
  readonly line?: (params: object) => string | undefined;
  readonly lease?: number;
  readonly deliver?: (params: object, context: EffectContext) => Promise<Outcome>;
}

/** Defines an action. Schema, docs, sentences and the contract suite draw themselves from the result. */
export function defineAction<P extends object>(
  definition: StateDefinition<P> | EffectDefinition<P> | RecordDefinition<P>,
): Action {
  const read = (params: object): P => v.parse(definition.params, params);
  const { undoes, references, triggersCallbacks } = definition;
  const words = {
    name: definition.name,
    kind: definition.kind,
    description: definition.description,
    params: definition.params,
    templates: definition.templates ?? [],
    requiredFacts: definition.requiredFacts ?? [],
    carriesFacts: definition.carriesFacts ?? [],
    summary: (params: object) => definition.summary(read(params)),
    ...(references && { references }),
    ...(triggersCallbacks && { triggersCallbacks }),
    ...(undoes && { undoes: (params: object, other: ChosenAction) => undoes(read(params), other) }),
    carriesBody: false,
  };
  if (definition.kind === 'record') return words;
  if (definition.kind === 'state') {
    const { run } = definition;
    return { ...words, run: (params, context) => run(read(params), context) };
  }
  const { delay, claim, line, lease, deliver, carriesBody = false, carriesAddresses } = definition;
  return {
    ...words,
    carriesBody,
    ...(carriesAddresses && { carriesAddresses }),
    ...(delay ? { delay: (params: object, facts: EffectFacts) => delay(read(params), facts) } : {}),
    ...(claim
      ? { claim: (params: object, context: EffectContext) => claim(read(params), context) }
      : {}),
    ...(line ? { line: (params: object) => line(read(params)) } : {}),
    ...(lease === undefined ? {} : { lease }),
    deliver: (params, context) => deliver(read(params), context),
  };
}

/** The person a subject is about. @throws AppError `action_impossible` when the callback names none */
export function addressOf(subject: Subject): Address {
  const address = addressIn(subject, subject.appId);
  if (!address)
    throw new AppError(
      'action_impossible',
      `${subject.trigger} names no person: channel and identity are needed`,
    );
  return address;
}
