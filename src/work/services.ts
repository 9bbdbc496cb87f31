import type { Alerts } from '../alerts/config.ts';
import type { Carriers } from '../alerts/send.ts';
import type { Callback } from '../callbacks/callback.ts';
import type { FactValue } from '../callbacks/facts/fact.ts';
import type { Address } from '../callbacks/model.ts';
import type { DataKey } from '../crypto/data-key.ts';
import type { Objects } from '../objects/index.ts';
import type { RulebooksClient } from '../objects/rulebooks/rulebooks-client.ts';
import type { InForce } from '../rulebooks/active-rulebook.ts';
import type { Rulebook } from '../rules/compile/compile.ts';
import type { Decision } from '../rules/decide/decide.ts';
import type { Settings } from '../settings/settings.ts';
import type { Sinch } from '../sinch/client.ts';
import type { ContactNote, Deferred, Effect, Hold, Outcome, Work } from './effect.ts';

/** A message that could not be worked off, kept with its reason. */
export interface DeadLetter {
  readonly queue: 'effects' | 'callbacks' | 'journal';
  readonly work: unknown;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
}

/** What became of an action when its callback was decided; effects report again from the queue. */
export interface Performed {
  readonly rule: string;
  readonly action: string;
  /** Its position in the rule's `then`, from 0. */
  readonly position: number;
  readonly outcome: 'done' | 'failed' | 'queued' | 'noted' | 'waiting';
  readonly detail?: string | undefined;
}

/** A callback that took its way. */
export interface Passed {
  readonly callback: Callback;
  readonly rulebook: Rulebook;
  readonly decision: Decision;
  /** Facts that our own state told. */
  readonly recalled: Readonly<Record<string, FactValue>>;
  readonly performed: readonly Performed[];
  /** Decided by a rulebook that is only tried: nothing was done. */
  readonly shadow?: boolean;
}

/** What became of an effect behind the queue. */
export interface EffectEnd {
  readonly outcome: 'queued' | 'done' | 'skipped' | 'waiting' | 'retried' | 'failed';
  readonly detail: string;
}

/** What was decided and done is put on record. Both return at once and never throw: nobody waits for the journal. */
export interface JournalWriter {
  readonly note: (passed: Passed) => void;
  readonly outcome: (effect: Effect, end: EffectEnd) => void;
  /** What a late callback told of an erased contact went too. */
  readonly late: (by: ContactNote['by'], detail: string) => void;
}

/** A recording, or what a person sent, to be copied to R2. */
export interface FileToKeep {
  readonly url: string;
  /** Under which it is kept, once. */
  readonly key: string;
  /** Whom it is of. */
  readonly address: Address | undefined;
  /** When its callback came, in milliseconds since 1970: what was erased later must not come back. */
  readonly heardAt: number;
}

/** Which addresses a contact has. */
export interface ContactAddresses {
  readonly contactId: string;
  readonly addresses: readonly Address[];
}

/** How many addresses were erased, and what went from where. */
export interface Erased {
  readonly addresses: number;
  readonly stores: readonly { readonly store: string; readonly removed: number }[];
}

/** Addresses that were told only after their contact was erased, at `erasedAt` (milliseconds since 1970), and went now. */
export interface LateErasure {
  readonly contactId: string;
  readonly erasedAt: number;
  readonly erased: Erased;
}

/** Something for a person to decide. */
export interface ReviewRequest {
  readonly kind: 'near-miss' | 'consents-differ';
  /** The same for a redelivery. */
  readonly key: string;
  readonly rule: string;
  readonly callbackId: string;
  /** When it happened, milliseconds since 1970: a decision counts from then on. */
  readonly at: number;
  readonly reason: string;
  readonly text?: string;
  readonly addresses: readonly { readonly contact?: string; readonly address: Address }[];
}

/** What people have to decide. */
export interface Reviews {
  /** Opens a review, once a key; `undefined` when consents that were to be compared agree. */
  readonly ask: (request: ReviewRequest) => Promise<string | undefined>;
}

/** All that the way of a callback needs, opened once an event. Clocks give milliseconds. */
export interface Services {
  readonly now: () => number;
  readonly settings: Settings;
  readonly dataKey: DataKey;
  readonly objects: Objects;
  /** All rulebooks that are kept, and those that decide. */
  readonly rulebooks: { readonly kept: RulebooksClient; readonly inForce: InForce };
  /** The rulebook in force. */
  readonly rulebook: () => Promise<Rulebook>;
  /** A rulebook of the past. @throws AppError `not_found`, `rule_invalid` */
  readonly rulebookOf: (version: string) => Promise<Rulebook>;
  /** `alerts.json` of the rulebook in force. */
  readonly alerts: () => Promise<Alerts>;
  /** @throws AppError `not_configured` without SINCH_* settings */
  readonly sinch: () => Sinch;
  /** Sends a mail; `undefined` without the binding EMAIL. */
  readonly mail: Carriers['mail'];
  readonly effects: Pick<Queue<Work>, 'sendBatch'>;
  readonly callbacks: Pick<Queue<Deferred>, 'send'>;
  readonly bodies: {
    readonly keep: (key: string, text: string) => Promise<void>;
    readonly read: (key: string) => Promise<string | undefined>;
    readonly drop: (key: string) => Promise<void>;
  };
  readonly contacts: {
    /** Keeps which addresses contacts have. What is of a contact that was erased since is erased too; these are told. */
    readonly note: (
      contacts: readonly ContactAddresses[],
      at: number,
    ) => Promise<readonly LateErasure[]>;
    /** The addresses that are known of a contact. */
    readonly of: (contactId: string) => Promise<readonly Address[]>;
    /** Removes a person's data from every store, and says what went where. */
    readonly erase: (
      contactId: string | undefined,
      addresses: readonly Address[],
    ) => Promise<Erased>;
  };
  readonly reviews: Reviews;
  readonly archive: { readonly keep: (file: FileToKeep) => Promise<Outcome> };
  readonly journal: JournalWriter;
  /** What was decided and waits for a person. */
  readonly held: {
    readonly keep: (effect: Effect, hold: Hold) => Promise<void>;
    /** It is done after all: it waits no more. */
    readonly remove: (effect: Effect) => Promise<void>;
  };
  readonly deadLetters: { readonly keep: (letter: DeadLetter) => Promise<string> };
}
