import type { Alerts } from '../alerts/config.ts';
import type { Transports } from '../alerts/send.ts';
import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import type { Address } from '../callbacks/model.ts';
import type { DataKey } from '../crypto/data-key.ts';
import type { Objects } from '../objects/index.ts';
import type { MetricsWriter } from '../objects/metrics/metrics-client.ts';
import type { RulebooksClient } from '../objects/rulebooks/rulebooks-client.ts';
import type { ActiveRulebook } from '../rulebooks/active-rulebook.ts';
import type { Rulebook } from '../rules/compile/compile.ts';
import type { Decision } from '../rules/decide/decide.ts';
import type { Settings } from '../settings/settings.ts';
import type { Sinch } from '../sinch/client.ts';
import type { ContactNote, Deferred, Effect, EffectQueue, Hold, Outcome, Work } from './effect.ts';

/** A message that could not be processed, stored with its reason. */
export interface DeadLetter {
  readonly queue: EffectQueue | 'callbacks' | 'journal';
  readonly work: unknown;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
}

/** The outcome of an action at its dispatch; an effect has a further outcome from the queue. */
export interface ActionOutcome {
  readonly rule: string;
  readonly action: string;
  /** Its index in the rule's `then`. */
  readonly position: number;
  readonly outcome: 'done' | 'failed' | 'queued' | 'noted' | 'waiting';
  readonly detail?: string | undefined;
}

/** An ingested callback, for the journal. */
export interface IngestRecord {
  readonly callback: Callback;
  readonly rulebook: Rulebook;
  readonly decision: Decision;
  /** The facts from our own state. */
  readonly recalled: Readonly<Record<string, FactValue>>;
  readonly outcomes: readonly ActionOutcome[];
  /** Decided by a shadow rulebook: nothing was dispatched. */
  readonly shadow?: boolean;
}

/** The outcome of an effect from the queue. */
export interface EffectOutcome {
  readonly outcome: 'queued' | 'done' | 'skipped' | 'waiting' | 'retried' | 'failed';
  readonly detail: string;
  /** When it came about (milliseconds since 1970), where that is before it is noted; default now. */
  readonly at?: number;
}

/** Writes the journal. Each method returns at once and never throws: the record is written in the background. */
export interface JournalWriter {
  readonly note: (passed: IngestRecord) => void;
  readonly outcome: (effect: Effect, end: EffectOutcome) => void;
  /** Records that the addresses of a late callback about an erased contact were erased too. */
  readonly late: (by: ContactNote['by'], detail: string) => void;
}

/** The people and contacts that a stored body names, by their keyed hashes, and the time of its event in milliseconds since 1970. */
export interface BodyAbout {
  readonly people: readonly string[];
  readonly eventTime: number;
}

/** A recording, or a file that a person sent, to be copied to R2. */
export interface FileToArchive {
  readonly url: string;
  /** The key in R2. */
  readonly key: string;
  /** The person it is about. */
  readonly address: Address | undefined;
  /** When it happened, in milliseconds since 1970: a file of a person erased since then is not stored. */
  readonly eventTime: number;
}

/** The addresses of a contact. */
export interface ContactAddresses {
  readonly contactId: string;
  readonly addresses: readonly Address[];
  /** These are all addresses that the contact has. */
  readonly isWhole?: boolean | undefined;
}

/** The number of erased addresses, and of records removed from each store. */
export interface Erased {
  readonly addresses: number;
  readonly stores: readonly { readonly store: string; readonly removed: number }[];
}

/** Who or what asks for an erasure, and why. */
export interface ErasureCause {
  /** The same for a repetition of the same erasure; default: a new one. */
  readonly id?: string;
  /** `late`: an address was reported for a contact that was erased before. */
  readonly source: 'request' | 'rule' | 'late';
  readonly actor: string;
  readonly reason: string;
  readonly rule?: string;
  readonly callbackId?: string;
}

/** An erasure of addresses that were received after their contact was erased, at `erasedAt` (milliseconds since 1970). */
export interface LateErasure {
  readonly contactId: string;
  readonly erasedAt: number;
  readonly erased: Erased;
}

/** What a review is about. `duplicate`: contacts that share an address, whether their consents agree or not. */
export const REVIEW_KINDS = ['near-miss', 'consents-differ', 'duplicate'] as const;

/** A request for a review. */
export interface ReviewRequest {
  readonly kind: (typeof REVIEW_KINDS)[number];
  /** The same for a redelivery. */
  readonly key: string;
  readonly rule: string;
  readonly callbackId: string;
  /** The key of the hold on the person, which the decision ends. */
  readonly hold?: string;
  /** The app that the person wrote to. */
  readonly appId?: string;
  /** When it happened, milliseconds since 1970: the decision takes effect from then, and a person who was erased since is not stored. */
  readonly at: number;
  readonly reason: string;
  readonly text?: string;
  readonly addresses: readonly { readonly contact?: string; readonly address: Address }[];
  /** The contacts that it is about. */
  readonly contacts?: readonly string[];
}

/** Contacts that became one. */
export interface MergedContacts {
  readonly kept: string;
  readonly gone: string;
  readonly addresses: readonly Address[];
  /** The callback of the merge. */
  readonly callbackId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The reviews. */
export interface Reviews {
  /** Opens a review, once for each key, and returns its id; `undefined` when the compared consents agree. */
  readonly ask: (request: ReviewRequest) => Promise<string | undefined>;
  /** Closes the open reviews of duplicates among these contacts, which became one, and returns how many there were. */
  readonly closeMerged: (merged: MergedContacts) => Promise<number>;
}

/** The dependencies of the pipeline, opened for each event. Clocks return milliseconds since 1970. */
export interface Services {
  readonly metrics: MetricsWriter;
  readonly now: () => number;
  readonly settings: Settings;
  readonly dataKey: DataKey;
  readonly objects: Objects;
  /** All stored rulebooks, and the active ones. */
  readonly rulebooks: { readonly kept: RulebooksClient; readonly inForce: ActiveRulebook };
  /** The active rulebook. */
  readonly rulebook: () => Promise<Rulebook>;
  /** An earlier rulebook. @throws AppError `not_found`, `rule_invalid` */
  readonly rulebookOf: (version: string) => Promise<Rulebook>;
  /** `alerts.json` of the active rulebook. */
  readonly alerts: () => Promise<Alerts>;
  /** @throws AppError `not_configured` without SINCH_* settings */
  readonly sinch: () => Sinch;
  /** Sends a mail; `undefined` without the binding EMAIL. */
  readonly mail: Transports['mail'];
  readonly effects: Pick<Queue<Work>, 'sendBatch'>;
  readonly forwards: Pick<Queue<Work>, 'sendBatch'>;
  readonly callbacks: Pick<Queue<Deferred>, 'send'>;
  readonly bodies: {
    /** `about`: whom it names, so that the body of a person who was erased since the event is removed. */
    readonly keep: (key: string, text: string, about: BodyAbout) => Promise<void>;
    readonly read: (key: string) => Promise<string | undefined>;
    readonly drop: (key: string) => Promise<void>;
  };
  readonly contacts: {
    /** Stores the addresses of contacts. Those of an already erased contact are erased instead, and returned. */
    readonly note: (
      contacts: readonly ContactAddresses[],
      at: number,
      callbackId: string,
    ) => Promise<readonly LateErasure[]>;
    /** The stored addresses of a contact. */
    readonly of: (contactId: string) => Promise<readonly Address[]>;
    /** The stored addresses of contacts, the newest `most` of each. */
    readonly ofMany: (
      contactIds: readonly string[],
      most: number,
    ) => Promise<ReadonlyMap<string, readonly Address[]>>;
    /** Erases a person's data from every store, as of now or of `notBefore` if that is later, and returns what was removed. It is on record. */
    readonly erase: (
      contactId: string | undefined,
      addresses: readonly Address[],
      cause: ErasureCause,
      notBefore?: number,
    ) => Promise<Erased>;
  };
  readonly reviews: Reviews;
  /** Raw callbacks, kept for admins. */
  readonly unsupported: { readonly keep: (callback: Callback) => Promise<void> };
  readonly archive: { readonly keep: (file: FileToArchive) => Promise<Outcome> };
  readonly journal: JournalWriter;
  /** Continues work after the response. The work must not reject, and may be cut off. */
  readonly later: (work: Promise<unknown>) => void;
  /** The held effects. */
  readonly held: {
    readonly keep: (effect: Effect, hold: Hold) => Promise<void>;
    /** Removes an effect that is no longer held. */
    readonly remove: (effect: Effect) => Promise<void>;
  };
  readonly deadLetters: {
    readonly keep: (letter: DeadLetter) => Promise<string>;
    /** Returns how many are neither redelivered nor dropped, of one queue or of all. */
    readonly count: (queue?: DeadLetter['queue']) => Promise<number>;
  };
}
