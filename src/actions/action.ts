import * as v from 'valibot';
import type { AlertOccurrence } from '../alerts/alert-dispatcher.ts';
import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import type { Address } from '../callbacks/model.ts';
import { addressOf as addressIn } from '../callbacks/shapes/parts.ts';
import type { DataKey } from '../crypto/data-key.ts';
import { AppError } from '../errors.ts';
import type { Objects, SenderClient } from '../objects/index.ts';
import type { ConsentState } from '../objects/recipients/consent.ts';
import { milliseconds } from '../rules/model/values.ts';
import type { ActionDefinition, ChosenAction, ParamDoubt } from '../rules/model/vocabulary.ts';
import type { Sinch } from '../sinch/client.ts';
import type { Effect, EffectQueue, Outcome, Subject } from '../work/effect.ts';
import type { MergedContacts, ReviewRequest } from '../work/services.ts';

/** The state that state actions can write: consent and limits. */
export interface StateObjects {
  readonly recipients: Pick<Objects['recipients'], 'change'>;
  readonly senders: { of(appId: string, channel: string): Pick<SenderClient, 'limit' | 'release'> };
}

/** The context of a state action, which is awaited before the callback is acknowledged. */
export interface StateContext {
  /** Callback id, rule and index of the action: the same for a redelivery. */
  readonly key: string;
  readonly subject: Subject;
  readonly rule: string;
  readonly rulebook: string;
  readonly fact: (name: string) => FactValue;
  readonly objects: StateObjects;
  /** The addresses of the contact that the callback is about: those it names, and those that are stored. */
  readonly contactAddresses: () => Promise<readonly Address[]>;
}

/** An alert before it is routed; whether another rule resolves it is looked up. */
export type NewAlert = Pick<AlertOccurrence, 'key' | 'at'> & {
  readonly member: Omit<AlertOccurrence['member'], 'resolvable'>;
};

/** The context of an effect, which runs from the queue and holds its claim. */
export interface EffectContext {
  readonly effect: Effect;
  readonly subject: Subject;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** An earlier try held this claim and never reported its end: it may have taken effect. */
  readonly mayHaveRun: boolean;
  readonly objects: Objects;
  readonly dataKey: DataKey;
  /** @throws AppError `not_configured` without SINCH_* settings */
  readonly sinch: () => Sinch;
  /** How long an answer to a capability check counts (ms). */
  readonly capabilityMaxAge: number;
  /** Raises an alert into its group and returns what was done. */
  readonly raise: (alert: NewAlert) => Promise<string>;
  /** Sends the callback to a destination. @throws AppError `destination_unavailable`, `destination_refused` */
  readonly forward: (
    to: string,
    id: string,
    body: string,
    orderingKey?: string,
  ) => Promise<Outcome>;
  /** The callback's body. @throws AppError `action_impossible` when R2 no longer has it */
  readonly body: () => Promise<string>;
  /** Copies a file from an allowed host to R2, once for each key; an interrupted copy is resumed. */
  readonly archive: (url: string, key: string) => Promise<Outcome>;
  /** Opens a review and returns its id; `undefined` when there is nothing to decide. */
  readonly review: (request: ReviewRequest) => Promise<string | undefined>;
  /** Closes the reviews of duplicates among contacts that became one, and returns how many there were. */
  readonly closeReviews: (merged: MergedContacts) => Promise<number>;
  /** The contact addresses that the effect carries. @throws AppError `action_impossible` when R2 no longer has them */
  readonly addresses: () => Promise<readonly Address[]>;
  /** The stored addresses of a contact. */
  readonly addressesOf: (contactId: string) => Promise<readonly Address[]>;
  /** Erases a contact's data from every store and returns what was removed. */
  readonly erase: (contactId: string | undefined, addresses: readonly Address[]) => Promise<string>;
}

/** The facts that an effect carries: those the rule used and those the action declares. */
export type EffectFacts = Readonly<Record<string, unknown>>;

/** What a story knows when it simulates an effect. */
export interface StoryContext {
  readonly callback: Callback;
  /** How often the message was resent before. */
  readonly attempt: number;
  readonly world: {
    /** When a message first failed (milliseconds since 1970), and whether any of its copies was delivered. */
    readonly sendingsOf: (
      messageId: string,
      failedAt: number,
    ) => { readonly firstFailedAt: number; readonly delivered: boolean };
    readonly originOf: (messageId: string) => { readonly root: string };
    readonly consent: (address: Address) => ConsentState;
    /** `false` when the key was claimed before. */
    readonly claim: (key: string) => boolean;
  };
}

/** How many times one rule may run an action within a time. */
interface BudgetDefinition<Over extends string> {
  readonly count: number;
  /** A duration like `1h`. */
  readonly within: string;
  /** Above the budget: `hold` the action for an operator, or `run` it and alert the operator. */
  readonly over: Over;
}

/** What runs even when it is paused cannot be held above its budget either. */
type Limits =
  | { readonly holdable: true; readonly budget: BudgetDefinition<'hold' | 'run'> }
  | { readonly holdable: false; readonly budget: BudgetDefinition<'run'> };

interface Common<P extends object> {
  readonly name: string;
  readonly description: string;
  readonly params: v.GenericSchema<unknown, P>;
  readonly templates?: readonly (keyof P & string)[];
  readonly subject?: { readonly param: keyof P & string; readonly besides: readonly string[] };
  readonly requiredFacts?: ActionDefinition['requiredFacts'];
  /** Facts that the effect carries beside those the rule used. */
  readonly carriesFacts?: readonly string[];
  readonly summary: (params: P) => string;
  readonly references?: ActionDefinition['references'];
  readonly undoes?: (params: P, other: ChosenAction) => boolean;
  readonly triggersCallbacks?: ActionDefinition['triggersCallbacks'];
  readonly repliesToPerson?: true;
  readonly isMeaningless?: ActionDefinition['isMeaningless'];
  readonly doubts?: (params: P) => readonly ParamDoubt[];
  readonly worksOnContacts?: true;
  /** How the action changes the person's consent. The journal keeps such decisions as proof of consent. */
  readonly consent?: 'out' | 'in';
  /** The command that reverts its work, for operators. */
  readonly undoneBy?: string;
}
type StateDefinition<P extends object> = Common<P> &
  Limits & {
    readonly kind: 'state';
    readonly run: (params: P, context: StateContext) => Promise<void>;
  };
type EffectDefinition<P extends object> = Common<P> &
  Limits & {
    readonly kind: 'effect';
    /** State of the effect that is stored before the callback is acknowledged, even where the effect itself waits. */
    readonly prepare?: (params: P, context: StateContext) => Promise<void>;
    /** Whether it needs the callback's body. */
    readonly carriesBody?: boolean;
    /** Whether it needs the contact addresses of the callback: all, or those that its params and facts name. */
    readonly carriesAddresses?: 'all' | 'named';
    /** Seconds to wait on the queue. */
    readonly delay?: (params: P, facts: EffectFacts) => number;
    /** The key of what happens once, if that is not "this action of this rule for this callback". */
    readonly claim?: (params: P, context: EffectContext) => Promise<string>;
    /** The destination that it sends to, which a pause can hold. */
    readonly destination?: (params: P) => string;
    /** The queue that it waits on; `effects` if not given. One of its own keeps slow receivers away from the rest. */
    readonly queue?: EffectQueue;
    /** Effects with the same key are delivered in order of arrival; `undefined`: in any order. */
    readonly orderingKey?: (params: P) => string | undefined;
    /** The longest time of one try, in milliseconds, if more than a minute. */
    readonly lease?: number;
    /** A duration like `3d`: it is tried for so long, less and less often, then it is a dead letter; 30 tries (about a day) if not given. */
    readonly retryFor?: string;
    /** Whether it sends the callback's message again, under a new message id. */
    readonly resends?: boolean;
    /** Whether it erases the people that it names. */
    readonly erases?: boolean;
    /** The alert that it raises, if it raises one. */
    readonly alert?: (
      params: P,
      effect: Pick<Effect, 'rule' | 'facts'>,
      subject: Pick<Subject, 'appId' | 'channel' | 'callbackId'>,
    ) => NewAlert['member'];
    /** In a story: why the effect is skipped; `undefined` when it runs. Claims what it does. */
    readonly simulate?: (params: P, context: StoryContext) => string | undefined;
    readonly deliver: (params: P, context: EffectContext) => Promise<Outcome>;
  };
type RecordDefinition<P extends object> = Common<P> & { readonly kind: 'record' };

/** The budget of an action; `within` in milliseconds. */
export interface Budget {
  readonly count: number;
  readonly within: number;
  readonly over: 'hold' | 'run';
}

/** An action for the rest of the code: the type of its params stays behind its own schema. */
export interface Action extends ActionDefinition {
  readonly carriesFacts: readonly string[];
  /** Missing on actions that only leave a record. */
  readonly budget?: Budget;
  readonly holdable: boolean;
  readonly undoneBy?: string;
  readonly journalClass: 'callback' | 'consent';
  readonly carriesBody: boolean;
  readonly carriesAddresses?: 'all' | 'named';
  readonly lease?: number;
  readonly queue: EffectQueue;
  /** Milliseconds. */
  readonly retryFor?: number;
  readonly resends: boolean;
  readonly erases?: boolean;
  readonly run?: (params: object, context: StateContext) => Promise<void>;
  readonly prepare?: (params: object, context: StateContext) => Promise<void>;
  readonly delay?: (params: object, facts: EffectFacts) => number;
  readonly claim?: (params: object, context: EffectContext) => Promise<string>;
  readonly destination?: (params: object) => string;
  readonly orderingKey?: (params: object) => string | undefined;
  readonly alert?: (
    params: object,
    effect: Pick<Effect, 'rule' | 'facts'>,
    subject: Pick<Subject, 'appId' | 'channel' | 'callbackId'>,
  ) => NewAlert['member'];
  readonly simulate?: (params: object, context: StoryContext) => string | undefined;
  readonly deliver?: (params: object, context: EffectContext) => Promise<Outcome>;
}

/** Defines an action. Schema, docs, sentences and the contract suite are derived from the result. */
export function defineAction<P extends object>(
  definition: StateDefinition<P> | EffectDefinition<P> | RecordDefinition<P>,
): Action {
  const read = (params: object): P => v.parse(definition.params, params);
  const { undoes, references, triggersCallbacks, consent, undoneBy, repliesToPerson } = definition;
  const { isMeaningless, doubts, worksOnContacts } = definition;
  const common = {
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
    ...(consent && { consent }),
    ...(repliesToPerson && { repliesToPerson }),
    ...(worksOnContacts && { worksOnContacts }),
    ...(undoneBy && { undoneBy }),
    ...(definition.subject && { subject: definition.subject }),
    ...(isMeaningless && { isMeaningless }),
    ...(doubts && { doubts: (params: object) => doubts(read(params)) }),
    journalClass: consent ? 'consent' : 'callback',
    carriesBody: false,
    resends: false,
    queue: definition.kind === 'effect' ? (definition.queue ?? 'effects') : 'effects',
  } as const;
  if (definition.kind === 'record') return { ...common, holdable: false };
  const { holdable, budget } = definition;
  const limits = { holdable, budget: { ...budget, within: milliseconds(budget.within) } };
  if (definition.kind === 'state') {
    const { run } = definition;
    return { ...common, ...limits, run: (params, context) => run(read(params), context) };
  }
  const {
    prepare,
    delay,
    claim,
    destination,
    orderingKey,
    lease,
    retryFor,
    carriesAddresses,
    alert,
    simulate,
  } = definition;
  return {
    ...common,
    ...limits,
    carriesBody: definition.carriesBody ?? false,
    ...{ resends: definition.resends ?? false, erases: definition.erases ?? false },
    ...(carriesAddresses && { carriesAddresses }),
    ...(lease !== undefined && { lease }),
    ...(retryFor !== undefined && { retryFor: milliseconds(retryFor) }),
    ...(prepare && { prepare: (params, context) => prepare(read(params), context) }),
    ...(delay && { delay: (params: object, facts: EffectFacts) => delay(read(params), facts) }),
    ...(claim && { claim: (params, context) => claim(read(params), context) }),
    ...(destination && { destination: (params: object) => destination(read(params)) }),
    ...(orderingKey && { orderingKey: (params: object) => orderingKey(read(params)) }),
    ...(alert && {
      alert: (params, effect, subject) => alert(read(params), effect, subject),
    }),
    ...(simulate && { simulate: (params, context) => simulate(read(params), context) }),
    deliver: (params, context) => definition.deliver(read(params), context),
  };
}

/** The person a subject is about. @throws AppError `action_impossible` when the callback has no channel and identity */
export function addressOf(subject: Subject): Address {
  const address = addressIn(subject, subject.appId);
  if (!address)
    throw new AppError(
      'action_impossible',
      `${subject.trigger} names no person: channel and identity are needed`,
    );
  return address;
}
