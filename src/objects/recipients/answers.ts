import type { Address } from '../../callbacks/model.ts';
import type { Capability, LastAnswer } from './capabilities.ts';
import type { ConsentEvent, ConsentState, Scopes } from './consent.ts';
import type { UndoneChange } from './consent-record.ts';
import type { Delivery } from './deliveries.ts';
import type { ErasedReach } from './person-reach.ts';

/** A person's consent with its whole history, oldest first, and the capability of each channel and app. */
export interface Consent extends ConsentState {
  readonly history: readonly ConsentEvent[];
  readonly capability?: readonly Capability[];
  /** The newest message that reached the person on each channel. */
  readonly deliveries?: readonly Delivery[];
}

/** What may-send reads of people: their consent events as `parseHistories` reads them, and the last answers about those whom an app did not reach. */
export interface SendState {
  readonly histories: string;
  readonly lastAnswers: readonly LastAnswer[];
}

/** A person in an export: with an address, unless the person's data was erased. */
export interface ExportedPerson extends ConsentState {
  readonly person: string;
  readonly address?: Address;
  readonly history: readonly ConsentEvent[];
}

/** How many of each kind `erase` removed. */
export interface Erased extends ErasedReach {
  readonly addresses: number;
  readonly words: number;
}

/** How many changes `undo` marked, and of how many people. */
export interface Undone {
  readonly people: number;
  readonly changes: number;
  /** The changes, at most `MOST_NAMED`, the newest first. */
  readonly affected: readonly UndoneChange[];
}

/** What a person refuses before and after the import of a line. */
export interface ImportOutcome {
  readonly before: Scopes;
  readonly after: Scopes;
}
