import { DurableObject } from 'cloudflare:workers';
import { readSettings } from '../../settings/settings.ts';
import type { Change } from '../changes/change.ts';
import { type ChangeOutbox, openChangeOutbox } from '../changes/change-outbox.ts';
import { changesIn } from '../changes/changes-client.ts';
import { type ErasedPeople, openErasedPeople } from '../erased-people.ts';
import {
  type Capabilities,
  type Capability,
  type CapabilityBefore,
  type CapabilityNote,
  type LastAnswer,
  openCapabilities,
} from './capabilities.ts';
import {
  type CheckAsk,
  type CheckOutcome,
  type Checks,
  type CheckTerms,
  openChecks,
} from './checks.ts';
import { type Deliveries, openDeliveries, type ReachedNote } from './deliveries.ts';
import { feedCapability } from './feed-capability.ts';
import { type Link, type Links, openLinks } from './links.ts';
import {
  type ChannelUse,
  type ChannelUseNote,
  openPreferences,
  type Preference,
  type PreferenceNote,
  type Preferences,
} from './preferences.ts';

/** On which channels a person can be reached, which ones the person uses and prefers, and the other identities of the person. */
export interface Reach {
  readonly capabilities: readonly Capability[];
  readonly uses: readonly ChannelUse[];
  readonly preferences: readonly Preference[];
  readonly links: readonly Link[];
}

/** The same with the keyed hash of the person. */
export interface KnownReach extends Reach {
  readonly person: string;
}

/** How many records of a person were erased. */
export interface ErasedReach {
  readonly capabilities: number;
  readonly deliveries: number;
  readonly links: number;
  readonly preferences: number;
}

/** The part of `Recipients` that stores how people can be reached. */
export abstract class PersonReach extends DurableObject<Env> {
  protected readonly erased: ErasedPeople;
  protected readonly capabilities: Capabilities;
  protected readonly deliveries: Deliveries;
  protected readonly links: Links;
  protected readonly changes: ChangeOutbox;
  readonly #preferences: Preferences;
  readonly #checks: Checks;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    this.erased = openErasedPeople(sql);
    const { isErased } = this.erased;
    this.capabilities = openCapabilities(sql, isErased);
    this.deliveries = openDeliveries(sql, this.erased);
    this.links = openLinks(sql, isErased);
    this.#preferences = openPreferences(sql, isErased);
    this.#checks = openChecks(sql);
    this.changes = openChangeOutbox(sql, (changes, isAfterLost) =>
      this.#passOn(changes, isAfterLost),
    );
  }

  /** Passes changes on to the feed. @throws AppError `not_configured` for a wrong setting */
  async #passOn(changes: readonly Change[], isAfterLost: boolean): Promise<void> {
    const { CHANGES } = this.env;
    const { jurisdiction } = readSettings(this.env);
    const feed = changesIn(jurisdiction ? CHANGES.jurisdiction(jurisdiction) : CHANGES);
    await feed.append(changes, isAfterLost);
  }

  /** Returns how each of these people can be reached; a person of whom nothing is known is missing. */
  async readReach(persons: readonly string[]): Promise<KnownReach[]> {
    const capabilities = this.capabilities.newest(persons);
    const replies = this.#preferences.uses(persons);
    const reads = this.deliveries.reads(persons);
    const preferences = this.#preferences.of(persons);
    const links = Map.groupBy(this.links.of(persons), ({ person }) => person);
    const known = new Set(
      [capabilities, replies, reads, preferences, links].flatMap((map) => [...map.keys()]),
    );
    return [...known].map((person) => ({
      person,
      capabilities: capabilities.get(person) ?? [],
      uses: [...(replies.get(person) ?? []), ...(reads.get(person) ?? [])],
      preferences: preferences.get(person) ?? [],
      links: links.get(person) ?? [],
    }));
  }

  /** Stores messages that reached people. The newest of a person by event time stays. */
  async noteReached(reached: readonly ReachedNote[]): Promise<void> {
    let isNew: boolean;
    try {
      isNew = this.ctx.storage.transactionSync(() => this.deliveries.note(reached));
    } catch (error) {
      // The tables that it created are gone with it.
      this.deliveries.reload();
      throw error;
    }
    if (isNew) await this.arm();
  }

  /** Stores the last use of a channel. */
  async noteUse(note: ChannelUseNote): Promise<void> {
    if (this.#preferences.noteUse(note)) await this.arm();
  }

  /** Stores preferences. */
  async notePreferences(notes: readonly PreferenceNote[]): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      for (const note of notes) this.#preferences.note(note);
    });
  }

  /** Stores a capability and returns the one before it by event time. A repeated callback gets its first answer. */
  async noteCapability(note: CapabilityNote): Promise<CapabilityBefore> {
    const before = this.ctx.storage.transactionSync(() => {
      const { person, channel, app = '' } = note;
      this.#checks.end({ person, channel, app });
      return feedCapability(note, this.capabilities, this.changes);
    });
    if (this.changes.next() !== undefined) await this.arm();
    return before;
  }

  /** Returns what `noteCapability` would return, and stores nothing. */
  async capabilityBefore(note: CapabilityNote): Promise<CapabilityBefore> {
    return this.capabilities.before(note);
  }

  /** Starts the checks that are needed, and returns the outcome of each in the order given. */
  async startChecks(asks: readonly CheckAsk[], terms: CheckTerms): Promise<CheckOutcome[]> {
    return this.ctx.storage.transactionSync(() => {
      const known = this.capabilities.newest([...new Set(asks.map(({ person }) => person))]);
      return this.#checks.start(asks, known, terms);
    });
  }

  /** Ends checks that could not be sent, so that they can be started again. */
  async endChecks(checks: readonly Pick<CheckAsk, 'person' | 'channel' | 'app'>[]): Promise<void> {
    for (const check of checks) this.#checks.end(check);
  }

  /** Sets the alarm to the next time at which there is something to do. */
  protected abstract arm(): Promise<void>;

  /** Removes what is old, and returns when more is. */
  protected pruneReach(now: number): number | undefined {
    const due = [this.deliveries.prune(now), this.#preferences.prune(now)];
    const known = due.filter((at) => at !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  }

  /** Returns the last answers about those of these people (JSON of keyed hashes) whom an app did not reach since `since`. */
  protected lastAnswers(persons: string, since: number): readonly LastAnswer[] {
    return this.capabilities.lastAnswers(persons, since);
  }

  /** Removes how a person can be reached. */
  protected eraseReach(person: string): ErasedReach {
    return {
      capabilities: this.capabilities.erase(person),
      deliveries: this.deliveries.erase(person),
      links: this.links.erase(person),
      preferences: this.#preferences.erase(person) + this.#checks.erase(person),
    };
  }
}
