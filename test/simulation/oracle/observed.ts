import type { Called, Campaign } from '../drive.ts';
import type { Reached } from '../house.ts';
import type { Told } from '../load/wire.ts';

/** An answer of the Worker to a callback. Times are true ones, in milliseconds. */
export interface Acknowledged {
  readonly sentAt: number;
  readonly at: number;
  readonly status: number;
  readonly id: string;
  readonly fired: readonly { readonly rule: string; readonly actions: readonly string[] }[];
  readonly isDeferred: boolean;
  readonly isQuarantined: boolean;
}

/** A callback that Sinch sent, with all that the Worker answered. */
export interface ObservedCallback {
  readonly name: string;
  readonly told: Told | undefined;
  readonly eventAt: number;
  readonly body: string;
  readonly firstAt: number;
  readonly state: 'waits' | 'taken' | 'refused';
  readonly answers: readonly Acknowledged[];
}

/** A person as `GET /v1/recipients` shows them. */
export interface ObservedRecipient {
  readonly person: string;
  readonly scopes: Readonly<Record<string, boolean>>;
  readonly apps: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
  readonly other_apps: Readonly<Record<string, boolean>>;
  readonly review_since: string | null;
  readonly capability: readonly {
    readonly channel: string;
    readonly app_id?: string;
    readonly status: string;
    readonly at: string;
  }[];
  readonly history: readonly {
    readonly at: string;
    readonly scope: string;
    readonly to: string;
    readonly source: string;
    readonly app?: string;
    readonly undone?: string;
    readonly decision?: string;
    readonly rule?: string;
    /** Of a change by hand, or by a list: why. */
    readonly reason?: string;
  }[];
}

/** A sender as `GET /v1/senders` shows it. */
export interface ObservedSender {
  readonly quality: string | null;
  readonly throttle: object | null;
  readonly history: readonly {
    readonly at: string;
    readonly event: string;
    readonly decision?: string;
  }[];
}

/** A decision as `GET /v1/decisions` shows it. */
export interface ObservedDecision {
  readonly id: string;
  readonly rulebook: string;
  readonly rules: readonly { readonly rule: string; readonly outcome: string }[];
  readonly actions: readonly ObservedAction[];
}
export interface ObservedAction {
  readonly rule: string;
  readonly action: string;
  readonly outcome: string;
  readonly detail?: string;
}

export interface ObservedLetter {
  readonly queue: string;
  readonly action: string | null;
  readonly rule: string | null;
  readonly callback: string | null;
  readonly code: string;
}
export interface ObservedHeld {
  readonly rule: string;
  readonly action: string;
  readonly decision: string;
  readonly state: string;
}

/**
 * All that is known of a run when it has come to rest: what the world outside saw, and what the
 * Worker says of itself.
 */
export interface Observed {
  readonly start: number;
  /** What a STOP applies to: all apps, or the one that it was said to. */
  readonly stopScope: 'project' | 'app';
  /** From then on nothing failed. */
  readonly healedAt: number;
  /** Nothing was left to do then; `undefined`: it never came to rest. */
  readonly quietAt: number | undefined;
  /** What still waited, where it never came to rest. */
  readonly leftOver: string;
  readonly callbacks: readonly ObservedCallback[];
  readonly called: readonly Called[];
  readonly campaigns: readonly Campaign[];
  readonly reached: readonly Reached[];
  /** Texts of messages that arrived nowhere, and of which the Worker cannot know that. */
  readonly lost: readonly string[];
  /** By `channel/number`. */
  readonly recipients: ReadonlyMap<string, ObservedRecipient>;
  readonly senders: ReadonlyMap<string, ObservedSender>;
  readonly decisions: readonly ObservedDecision[];
  readonly deadLetters: readonly ObservedLetter[];
  readonly held: readonly ObservedHeld[];
  readonly quarantined: readonly string[];
  /** Callbacks of reviews. */
  readonly reviewed: readonly string[];
  readonly kv: ReadonlyMap<string, string>;
  /** What lies in the archive of recordings and media, by its key. */
  readonly archived: ReadonlyMap<string, string>;
  /** The most messages of one effect that were in the queues at once, by the key of the effect. */
  readonly crowds: ReadonlyMap<string, number>;
  /** Messages that a queue gave up without a dead-letter queue. */
  readonly droppedMessages: readonly string[];
  /** What the Worker logged as an error. */
  readonly errors: readonly unknown[];
  /** Errors that the Worker did not catch. */
  readonly crashes: number;
  /**
   * Whether anything could end work half done: then records may be lost, and what may be repeated
   * is repeated.
   */
  readonly isLossy: boolean;
  /** What weeks without a callback did not remove; `undefined`: they were not waited for. */
  readonly leftAfterWeeks: readonly string[] | undefined;
  /** Every text in every store, unsealed, by its place. */
  readonly stored: ReadonlyMap<string, string>;
}

/** Something that must never be, and was. */
export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

/** One invariant: pure, over what was observed. */
export interface Invariant {
  readonly name: string;
  /** What it demands, in a sentence. */
  readonly demands: string;
  readonly check: (observed: Observed) => readonly string[];
}
