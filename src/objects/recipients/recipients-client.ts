import type { ContactState } from '../../callbacks/contact-state.ts';
import type { Address } from '../../callbacks/model.ts';
import { type Families, personKey } from '../../callbacks/person.ts';
import { messageOf } from '../../errors.ts';
import { openDeadline, withTimeout } from '../../outbound/timeout.ts';
import type { ChangeOutbox } from '../changes/change-outbox.ts';
import { allShards, inOrder, shard, shardAt, shardOf } from '../shards.ts';
import type {
  Consent,
  Erased,
  ExportedPerson,
  ImportOutcome,
  SendState,
  Undone,
} from './answers.ts';
import type { CapabilityBefore, CapabilityNote, LastAnswer } from './capabilities.ts';
import type { ConsentChange, ConsentEvent, ConsentOutcome } from './consent.ts';
import {
  type ConsentRow,
  MOST_NAMED,
  type RecordPosition,
  type Specification,
  type Undo,
} from './consent-record.ts';
import type { ContactStateNote } from './contact-states.ts';
import { parseHistories } from './histories.ts';
import { openLinking } from './linking.ts';
import type { Recipients } from './recipients.ts';
import { openWindowSamples, type WindowSamplesClient } from './window-samples-client.ts';

/** A change of consent, by the address of the person. */
export type ConsentRequest = Omit<ConsentChange, 'person'>;

/** The changes that one line of a list makes: one, or the whole history of a person. */
export interface PersonChanges {
  readonly address: Address;
  readonly changes: readonly Omit<ConsentChange, 'person' | 'address'>[];
}

/** A capability to store, by the address of the person. */
export type CapabilityReport = Omit<CapabilityNote, 'person' | 'channel'> & {
  readonly address: Address;
};

/** A person's consent, with the keyed hash that stands for the person in logs and responses. */
export interface PersonConsent extends Consent {
  readonly person: string;
}

export type ConsentHistory = Pick<PersonConsent, 'person' | 'history'> & {
  /** The last answers of capability checks, if they were asked for and an app did not reach the person. */
  readonly lastAnswers?: readonly LastAnswer[];
};

/**
 * Consent, capabilities and deliveries of people: at most one call to each shard, in parallel; results
 * in the order requested. State: `Recipients` objects, 16 shards by person. Copy: `consent:<person>` in
 * KV, written by the object; backups in R2.
 */
export interface RecipientsClient extends WindowSamplesClient {
  /** Stores changes before it returns, so that a sender that reads afterwards sees them. A repeated key gets its first answer. */
  change(changes: readonly ConsentRequest[]): Promise<ConsentOutcome[]>;
  /**
   * Stores the lines of a list, and returns what each person refuses before and after the line; `dry` stores nothing.
   * @throws AppError `unavailable` when an object does not answer within `timeout` milliseconds
   */
  importConsent(
    people: readonly PersonChanges[],
    dry: boolean,
    timeout: number,
  ): Promise<ImportOutcome[]>;
  /** Links a number and a business-scoped id that are one person, as of `at` (milliseconds since 1970). */
  link(number: Address, id: Address, at: number): Promise<void>;
  /** Applies the opt-outs of an identity to the one that replaced it at `at`. The old one keeps them. */
  move(from: Address, to: Address, at: number): Promise<void>;
  /** Returns the other known identities of these people. */
  linkedTo(addresses: readonly Address[]): Promise<readonly Address[]>;
  read(addresses: readonly Address[]): Promise<PersonConsent[]>;
  /**
   * Returns the consent events only. Undefined for the people of an object that does not answer within `timeout` milliseconds.
   * @param since also asks where the people cannot be reached, by answers since then (milliseconds since 1970)
   */
  readHistories(
    addresses: readonly Address[],
    timeout: number,
    since?: number,
  ): Promise<(ConsentHistory | undefined)[]>;
  noteCapability(note: CapabilityReport): Promise<CapabilityBefore>;
  /** Returns what `noteCapability` would return, and stores nothing. */
  capabilityBefore(note: CapabilityReport): Promise<CapabilityBefore>;
  /** Stores a contact's state, under a keyed hash, and returns the one before it; `dry`: stores nothing. */
  noteContact(note: ContactStateNote, dry: boolean): Promise<ContactState | undefined>;
  /** Adds a merge of two contacts, by their keyed hashes, to the feed of changes, once. */
  noteMerge(merge: Parameters<ChangeOutbox['add']>[0]): Promise<void>;
  /** Removes the states of a contact that was erased `at` (milliseconds since 1970), by its keyed hash, and returns how many there were. */
  forgetContact(contact: string, at: number): Promise<number>;
  /** Returns at most `limit` people of one shard (0 to `SHARDS` - 1) after `after`, in the order of their hashes. */
  list(shard: number, after: string, limit: number): Promise<ExportedPerson[]>;
  /** Returns a page of one shard's whole record, for the backup. */
  readRecord(
    shard: number,
    after: RecordPosition | undefined,
    limit: number,
  ): Promise<ConsentRow[]>;
  /** Inserts the rows of a backup that are missing in their shard and returns how many. */
  restore(shard: number, rows: readonly ConsentRow[]): Promise<number>;
  /** Marks the changes of a rule since a time as undone, on every shard. */
  undo(undo: Undo): Promise<Undone>;
  /** Marks one change of a person as undone, like the hold of a decided review. `decision` says by whom and why. */
  settle(address: Address, key: string, decision: string): Promise<void>;
  /** Replaces an opt-out for all content by a narrower one, or states in the history why it stays. */
  specify(address: Address, specification: Specification): Promise<void>;
  /** Returns when the first change was stored, in milliseconds since 1970; undefined without any. It reads the whole record. */
  oldest(): Promise<number | undefined>;
  /** The size of a shard in bytes. */
  size(): Promise<number>;
  /** Removes addresses, words, capabilities and deliveries of a person who was erased `at` (milliseconds since 1970); the keyed hash and the consent stay. */
  erase(address: Address, at: number): Promise<Erased>;
  /** Returns the keyed hash of a person, 26 characters: the `<person>` of `consent:<person>` in KV. */
  personOf(address: Address): Promise<string>;
}

/** What an opt-out applies to: all apps of the project, or the app that it names. */
export type StopScope = 'project' | 'app';

type ConsentReach = Pick<ConsentChange, 'to' | 'app' | 'hops' | 'reach'>;

/** Opens the client. `hash` returns the keyed hash of a person's key; `families` are channels that share one consent. */
export function openRecipients(
  namespace: DurableObjectNamespace<Recipients>,
  hash: (text: string) => string,
  families: Families,
  stopScope: StopScope = 'project',
): RecipientsClient {
  /** An imported history keeps the reach that it had. */
  const withReach = <C extends ConsentReach>(change: C): C =>
    stopScope === 'app' && change.to === 'out' && change.app && change.hops === undefined
      ? { ...change, reach: 'app' }
      : change;
  const personOf = (address: Address): string => hash(personKey(address, families));
  const noteOf = ({ address, ...note }: CapabilityReport): CapabilityNote => ({
    ...note,
    address,
    channel: address.channel,
    person: personOf(address),
  });
  const linking = openLinking(namespace);
  const known = (address: Address) => ({ address, person: personOf(address) });
  const store = (changes: readonly ConsentChange[]): Promise<ConsentOutcome[]> =>
    inOrder(
      changes,
      ({ person }) => person,
      (person, some) => shard(namespace, person).change(some),
    );
  /** Calls for a person and the other identities of the same one. */
  async function forLinked(
    address: Address,
    call: (person: string) => Promise<void>,
  ): Promise<void> {
    const person = personOf(address);
    const links = await linking.linksOf([person]);
    await Promise.all([person, ...links.map(({ other }) => other)].map(call));
  }
  return {
    personOf: async (address) => personOf(address),
    async change(changes) {
      const own = changes.map((change) => ({
        ...withReach(change),
        person: personOf(change.address),
      }));
      const outcomes = await store(own);
      await store(await linking.mirrored(own));
      return outcomes;
    },
    link: (number, id, at) => linking.link(known(number), known(id), at),
    move: (from, to, at) => linking.move(known(from), known(to), at),
    linkedTo: async (addresses) =>
      (await linking.linksOf(addresses.map(personOf))).map(({ address }) => address),
    async importConsent(people, dry, timeout) {
      const lines = people.map(({ address, changes }) => {
        const person = personOf(address);
        return changes.map((change) => ({ ...withReach(change), address, person }));
      });
      const outcomes = await inOrder(
        lines,
        ([first]) => first?.person ?? '',
        (person, some) => withTimeout(timeout, shard(namespace, person).importConsent(some, dry)),
      );
      if (!dry) await store(await linking.mirrored(lines.flat()));
      return outcomes;
    },
    async read(addresses) {
      const persons = addresses.map(personOf);
      const consents = await inOrder(
        persons,
        (person) => person,
        (person, some) => shard(namespace, person).read(some),
      );
      return consents.map((consent, at) => ({ ...consent, person: persons[at] ?? '' }));
    },
    async readHistories(addresses, timeout, since) {
      const persons = addresses.map(personOf);
      const found = new Map<string, readonly ConsentEvent[]>();
      const lastAnswers: LastAnswer[] = [];
      const unavailable = new Set<number>();
      const deadline = openDeadline(timeout);
      await Promise.all(
        [...Map.groupBy(persons, shardOf)].map(async ([number, some]) => {
          try {
            const asked = JSON.stringify([...new Set(some)]);
            const object = shardAt(namespace, number);
            const { histories, lastAnswers: answers } = await deadline.before<SendState>(
              since === undefined
                ? object.readHistories(asked).then((text) => ({ histories: text, lastAnswers: [] }))
                : object.readSendState(asked, since),
            );
            for (const [person, history] of parseHistories(histories)) found.set(person, history);
            lastAnswers.push(...answers);
          } catch (error) {
            console.error({
              // @event consent.unavailable | Consent could not be read in time; the answer for
              //   these people is no.
              event: 'consent.unavailable',
              shard: number,
              message: messageOf(error),
            });
            unavailable.add(number);
          }
        }),
      );
      deadline.end();
      const answersOf = Map.groupBy(lastAnswers, ({ person }) => person);
      return persons.map((person) => {
        if (unavailable.size > 0 && unavailable.has(shardOf(person))) return undefined;
        const own = answersOf.get(person);
        return {
          ...{ person, history: found.get(person) ?? [] },
          ...(own && { lastAnswers: own }),
        };
      });
    },
    async noteCapability(request) {
      const note = noteOf(request);
      return shard(namespace, note.person).noteCapability(note);
    },
    async capabilityBefore(request) {
      const note = noteOf(request);
      return shard(namespace, note.person).capabilityBefore(note);
    },
    noteContact: async (note, dry) => shard(namespace, note.contact).noteContact(note, dry),
    noteMerge: async (merge) => shard(namespace, merge.subject).noteMerge(merge),
    size: async () => shardAt(namespace, 0).size(),
    forgetContact: async (contact, at) => shard(namespace, contact).forgetContact(contact, at),
    ...openWindowSamples(namespace),
    readRecord: (number, after, limit) => shardAt(namespace, number).readRecord(after, limit),
    restore: (number, rows) => shardAt(namespace, number).restore(rows),
    async undo(undo) {
      const undone = await Promise.all(
        allShards(namespace).map((recipients) => recipients.undo(undo)),
      );
      const sum = (counts: readonly number[]): number =>
        counts.reduce((all, count) => all + count, 0);
      return {
        people: sum(undone.map(({ people }) => people)),
        changes: sum(undone.map(({ changes }) => changes)),
        affected: undone
          .flatMap(({ affected }) => affected)
          .sort((a, b) => b.at - a.at)
          .slice(0, MOST_NAMED),
      };
    },
    settle: (address, key, decision) =>
      forLinked(address, (one) => shard(namespace, one).settle(one, key, decision)),
    specify: (address, specification) =>
      forLinked(address, (one) => shard(namespace, one).specify(one, specification)),
    async oldest() {
      const known = await Promise.all(
        allShards(namespace).map((recipients) => recipients.oldest()),
      );
      const times = known.filter((at) => at !== undefined);
      return times.length > 0 ? Math.min(...times) : undefined;
    },
    list: (number, after, limit) => shardAt(namespace, number).list(after, limit),
    async erase(address, at) {
      const person = personOf(address);
      return shard(namespace, person).erase(person, at);
    },
  };
}
