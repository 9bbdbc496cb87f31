import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import type { SubjectFact } from '../facts/common-facts.ts';
import {
  coerceFact,
  definitionsOf,
  type Fact,
  type FactContext,
  type FactDefinition,
  type FactValue,
} from '../facts/fact.ts';
import { type KnownFields, knownFieldsOf } from '../known-fields.ts';
import type { CallbackSubject, Envelope, StateRecord } from '../model.ts';
import { isRecord } from '../shapes/parts.ts';

/** Attributes of a trigger that are plain data. */
interface Attributes {
  readonly name: string;
  /** One line for the reference: when does Sinch send it? */
  readonly description: string;
  /** The callback in a sentence: "When a WHATSAPP number’s quality rating is RED". Default: "callback". */
  readonly noun: string;
  /** Other spellings of the name: Sinch's specification and its SDKs disagree. */
  readonly aliases: readonly string[];
  /** Keys of the body under which the payload may lie, the specification's first. */
  readonly keys: readonly string[];
  /** It concerns the project, whose contacts all apps share: it may come without an app. Default: false. */
  readonly projectLevel: boolean;
  /** It names contacts with their addresses, which actions on a contact use. Default: false. */
  readonly namesContacts: boolean;
  /** The facts of the subject that it carries: without `channel`, no rule on it can compare the channel. */
  readonly subjectFacts: readonly SubjectFact[];
  /** Facts that Sinch sends in every known shape. Any other fact may be missing, so a text that names it needs a default. */
  readonly always: readonly string[];
  /** `consent`: its journal entries prove consent and are kept longer. Default: `callback`. */
  readonly journalClass: 'callback' | 'consent';
  /** The Sinch API that sends it. `connect` subscribes only the Conversation API's own. Default: `conversation`. */
  readonly api: 'conversation' | 'sms';
  /** `connect` subscribes it even if no rule listens to it: stored state, consent and erasure depend on it. Default: false. */
  readonly alwaysSubscribed: boolean;
  /** Each callback is stored whole, encrypted, for admins: Sinch describes it nowhere. Default: false. */
  readonly keepsBody: boolean;
}

type Optional =
  | 'noun'
  | 'aliases'
  | 'api'
  | 'projectLevel'
  | 'namesContacts'
  | 'journalClass'
  | 'alwaysSubscribed'
  | 'keepsBody';

/** The definition of a trigger. `P` is the payload in the specification's shape. */
interface Definition<P extends object>
  extends Omit<Attributes, Optional>,
    Partial<Pick<Attributes, Optional>> {
  /** Reads every known shape into the specification's one. Loose: unknown fields stay, and drift detection reports them. */
  readonly schema: v.GenericSchema<unknown, P>;
  /** For keys that two triggers share: whether this payload belongs to this trigger. The first match in the list wins. */
  readonly claims?: (payload: unknown, envelope: Envelope) => boolean;
  /** The natural key: the same for a redelivery, different for another event. All empty: the id is a hash of the raw body. */
  readonly identity: (payload: P, envelope: Envelope) => readonly (string | undefined)[];
  readonly subject: (payload: P, envelope: Envelope) => CallbackSubject;
  /** Returns the payload once for each event that it holds, each with an identity of its own; fewer than two: it is one event. */
  readonly split?: (payload: unknown) => readonly object[];
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

/** A trigger as other code sees it: its payload type is known only to `read`. */
export interface Trigger extends Attributes {
  readonly claims: (payload: unknown, envelope: Envelope) => boolean;
  readonly split: (payload: unknown) => readonly object[];
  /** Its own facts, without those of the envelope and the subject. */
  readonly facts: Readonly<Record<string, FactDefinition>>;
  /** The fields of its payload, from its schema. */
  readonly fields: KnownFields;
  /** @throws AppError `callback_unreadable`, naming the field */
  readonly read: (payload: unknown, envelope: Envelope) => Reading;
}

/** Defines a trigger. Rules, schemas, documentation, the journal and the tests of the samples derive from the result. */
export function defineTrigger<P extends object>({
  schema,
  facts,
  claims = () => true,
  split = () => [],
  identity,
  subject,
  recordState,
  ...attributes
}: Definition<P>): Trigger {
  const { name, keys } = attributes;
  let fields: KnownFields | undefined;
  return {
    noun: 'callback',
    aliases: [],
    api: 'conversation',
    projectLevel: false,
    namesContacts: false,
    journalClass: 'callback',
    alwaysSubscribed: false,
    keepsBody: false,
    ...attributes,
    facts: definitionsOf(facts),
    // Walking all schemas would take a tenth of the start-up time, and most isolates never ask.
    get fields() {
      fields ??= knownFieldsOf(schema);
      return fields;
    },
    claims,
    split,
    read(raw, envelope) {
      // valibot accepts an array as an object.
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
        subject: subject(payload, envelope),
        identity: identity(payload, envelope),
        stateRecords: recordState?.(payload, envelope) ?? [],
        fact: (key, context) => {
          const found = Object.hasOwn(facts, key) ? facts[key] : undefined;
          return found && coerceFact(found.type, found.read(payload, context));
        },
      };
    },
  };
}
