import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import {
  coerceFact,
  definitionsOf,
  type Fact,
  type FactContext,
  type FactDefinition,
  type FactValue,
} from '../facts/fact.ts';
import type { CallbackSubject, Envelope, StateRecord } from '../model.ts';
import { isRecord } from '../shapes/parts.ts';

/** What a trigger's file says about one kind of callback. `P` is the payload in the specification's shape. */
interface Definition<P extends object> {
  readonly name: string;
  /** One line for the reference: when does it come? */
  readonly description: string;
  /** What the callback is about, in a sentence: "When a WHATSAPP number’s quality rating is RED". Else "callback". */
  readonly noun?: string;
  /** Keys of the body under which the payload may lie, the specification's first. */
  readonly keys: readonly string[];
  /** It tells of the project, whose contacts all apps share: it may come without an app. Default: false. */
  readonly projectLevel?: boolean;
  /** Reads every known shape into the specification's one. Loose: unknown fields stay. */
  readonly schema: v.GenericSchema<unknown, P>;
  /** For keys that two triggers share: is this payload mine? The first trigger in the list that says yes has it. */
  readonly claims?: (payload: unknown, envelope: Envelope) => boolean;
  /** The natural key: the same for a redelivery, different for another event. All empty: a hash of the raw body serves. */
  readonly identity: (payload: P, envelope: Envelope) => readonly (string | undefined)[];
  readonly subject: (payload: P, envelope: Envelope) => CallbackSubject;
  readonly facts: Readonly<Record<string, Fact<P>>>;
  readonly recordState?: (payload: P, envelope: Envelope) => readonly StateRecord[];
}

/** One callback's payload, read by its trigger. */
export interface Reading {
  readonly payload: object;
  readonly subject: CallbackSubject;
  readonly identity: readonly (string | undefined)[];
  readonly stateRecords: readonly StateRecord[];
  /** The value of one of the trigger's own facts; `undefined` is missing. */
  readonly fact: (name: string, context: FactContext) => FactValue;
}

/** A trigger as the rest of the house sees it: its payload type stays behind `read`. */
export interface Trigger {
  readonly name: string;
  readonly description: string;
  readonly noun: string;
  readonly keys: readonly string[];
  readonly projectLevel: boolean;
  readonly claims: (payload: unknown, envelope: Envelope) => boolean;
  readonly facts: Readonly<Record<string, FactDefinition>>;
  /** Throws `callback_unreadable`, naming the field. */
  readonly read: (payload: unknown, envelope: Envelope) => Reading;
}

/** Defines a trigger. Everything else (facts, schema, docs, samples' tests) draws itself from the result. */
export function defineTrigger<P extends object>(definition: Definition<P>): Trigger {
  const {
    name,
    description,
    noun = 'callback',
    keys,
    projectLevel = false,
    schema,
    facts,
  } = definition;
  return {
    name,
    description,
    noun,
    keys,
    projectLevel,
    facts: definitionsOf(facts),
    claims: definition.claims ?? (() => true),
    read(raw, envelope) {
      // valibot takes a list for an object.
      if (!isRecord(raw))
        throw new AppError('callback_unreadable', `${name}: ${keys[0]}: expected an object`);
      const parsed = v.safeParse(schema, raw, { abortEarly: true });
      if (!parsed.success) {
        const [issue] = parsed.issues;
        const where = v.getDotPath(issue) ?? keys[0];
        throw new AppError(
          'callback_unreadable',
          `${name}: ${where}: expected ${issue.expected ?? 'something else'}`,
        );
      }
      const payload = parsed.output;
      return {
        payload,
        subject: definition.subject(payload, envelope),
        identity: definition.identity(payload, envelope),
        stateRecords: definition.recordState?.(payload, envelope) ?? [],
        fact: (key, context) => {
          const found = Object.hasOwn(facts, key) ? facts[key] : undefined;
          return found && coerceFact(found.type, found.read(payload, context));
        },
      };
    },
  };
}
