import { type Families, personKey } from '../../callbacks/person.ts';
import type { Address } from '../../callbacks/triggers/trigger.ts';
import { messageOf } from '../../errors.ts';
import { openDeadline, withTimeout } from '../../outbound/timeout.ts';
import { everyShard, numbered, shard, shardOf } from '../shards.ts';
import type { CapabilityBefore, CapabilityNote } from './capabilities.ts';
import type { ConsentChange, ConsentEvent, ConsentOutcome } from './consent.ts';
import type { ConsentRow, RecordPlace, Undo } from './consent-record.ts';
import type { Delivery } from './deliveries.ts';
import { historiesOf } from './histories.ts';
import type { Consent, Erased, Listed, Recipients, TakenOver, Undone } from './recipients.ts';

/** A change of somebody's consent, by their address. */
export type ConsentRequest = Omit<ConsentChange, 'person'>;

/** What a line of a list says of somebody: one change, or their whole history. */
export interface ListedPerson {
  readonly address: Address;
  readonly changes: readonly Omit<ConsentChange, 'person' | 'address'>[];
}

/** A capability, by the address that the callback names. */
export type AddressedCapability = Omit<CapabilityNote, 'person' | 'channel'> & {
  readonly address: Address;
};

/** A person's consent, and the keyed hash that stands for the person in logs and evidence. */
export interface PersonConsent extends Consent {
  readonly person: string;
}

/** What is on record of a person's consent. */
export type ToldConsent = Pick<PersonConsent, 'person' | 'history'>;

/** Consent and capability of any number of people: at most one call a shard, all at once, answers in the order asked. */
export interface RecipientsClient {
  /** Stored when it returns; a sender that reads afterwards sees it. A repeated key gets its first answer. */
  change(changes: readonly ConsentRequest[]): Promise<ConsentOutcome[]>;
  /**
   * Stores what a list says, and answers how each person stood before and after their line; `dry` stores nothing.
   * @throws AppError `unavailable` when an object does not answer within `patience` milliseconds
   */
  takeOver(people: readonly ListedPerson[], dry: boolean, patience: number): Promise<TakenOver[]>;
  read(addresses: readonly Address[]): Promise<PersonConsent[]>;
  /** What is on record of their consent alone, and an object that does not answer within `patience` milliseconds spoils only its own people: nothing is known of them. */
  ask(addresses: readonly Address[], patience: number): Promise<(ToldConsent | undefined)[]>;
  noteCapability(note: AddressedCapability): Promise<CapabilityBefore>;
  /** What `noteCapability` would answer, without remembering anything. */
  capabilityBefore(note: AddressedCapability): Promise<CapabilityBefore>;
  /** Remembers a message that reached somebody. */
  noteDelivery(address: Address, delivery: Omit<Delivery, 'channel'>): Promise<void>;
  /** Remembers that a threshold's window keeps a callback of these people, by their keyed hashes, until then (milliseconds). */
  noteCase(people: readonly string[], tally: string, until: number): Promise<void>;
  /** The windows that keep callbacks of somebody; they are forgotten here. */
  takeCases(person: string): Promise<readonly string[]>;
  /** Everybody of one shard (0 to `SHARDS` - 1) behind `after` in the order of their hashes, at most `limit`. */
  list(shard: number, after: string, limit: number): Promise<Listed[]>;
  /** A page of one shard's whole record, for the backup. */
  record(shard: number, after: RecordPlace | undefined, limit: number): Promise<ConsentRow[]>;
  /** Puts rows of a backup back into their shard; what is there stays. How many were missing? */
  restore(shard: number, rows: readonly ConsentRow[]): Promise<number>;
  /** Takes back what a rule put on record since a time, on every shard. */
  undo(undo: Undo): Promise<Undone>;
  /** When the first change on record was put there, milliseconds since 1970; none when nothing is. It reads the whole record. */
  oldest(): Promise<number | undefined>;
  /** Removes addresses, words, capabilities and deliveries; the keyed hash and the consent stay. */
  erase(address: Address): Promise<Erased>;
  /** The keyed hash of a person, 26 characters: the `<person>` of `consent:<person>` in KV. */
  personOf(address: Address): Promise<string>;
}

/** The client of the `Recipients` objects. `hash` is the keyed hash of a person's key; `families` are channels that share a consent. */
export function openRecipients(
  namespace: DurableObjectNamespace<Recipients>,
  hash: (text: string) => string,
  families: Families,
): RecipientsClient {
  const personOf = (address: Address): string => hash(personKey(address, families));
  const noteOf = ({ address, ...note }: AddressedCapability): CapabilityNote => ({
    ...note,
    channel: address.channel,
    person: personOf(address),
  });
  return {
    personOf: async (address) => personOf(address),
    async change(changes) {
      return inOrder(
        changes.map((change) => ({ ...change, person: personOf(change.address) })),
        ({ person }) => person,
        (person, some) => shard(namespace, person).change(some),
      );
    },
    async takeOver(people, dry, patience) {
      const lines = people.map(({ address, changes }) => {
        const person = personOf(address);
        return changes.map((change) => ({ ...change, address, person }));
      });
      return inOrder(
        lines,
        ([first]) => first?.person ?? '',
        (person, some) => withTimeout(patience, shard(namespace, person).takeOver(some, dry)),
      );
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
    async ask(addresses, patience) {
      const persons = addresses.map(personOf);
      const told = new Map<string, readonly ConsentEvent[]>();
      const silent = new Set<number>();
      const deadline = openDeadline(patience);
      await Promise.all(
        [...Map.groupBy(persons, shardOf)].map(async ([number, some]) => {
          try {
            const asked = JSON.stringify([...new Set(some)]);
            const histories = historiesOf(
              await deadline.before(numbered(namespace, number).told(asked)),
            );
            for (const [person, history] of histories) told.set(person, history);
          } catch (error) {
            console.error({
              event: 'consent.unavailable',
              shard: number,
              message: messageOf(error),
            });
            silent.add(number);
          }
        }),
      );
      deadline.end();
      return persons.map((person) =>
        silent.size > 0 && silent.has(shardOf(person))
          ? undefined
          : { person, history: told.get(person) ?? [] },
      );
    },
    async noteCapability(request) {
      const note = noteOf(request);
      return shard(namespace, note.person).noteCapability(note);
    },
    async capabilityBefore(request) {
      const note = noteOf(request);
      return shard(namespace, note.person).capabilityBefore(note);
    },
    async noteDelivery(address, delivery) {
      const person = personOf(address);
      await shard(namespace, person).noteDelivery(person, {
        ...delivery,
        channel: address.channel,
      });
    },
    async noteCase(people, tally, until) {
      await Promise.all(
        people.map((person) => shard(namespace, person).noteCase(person, tally, until)),
      );
    },
    takeCases: (person) => shard(namespace, person).takeCases(person),
    record: (number, after, limit) => numbered(namespace, number).record(after, limit),
    restore: (number, rows) => numbered(namespace, number).restore(rows),
    async undo(undo) {
      const undone = await Promise.all(
        everyShard(namespace).map((recipients) => recipients.undo(undo)),
      );
      const sum = (counts: readonly number[]): number =>
        counts.reduce((all, count) => all + count, 0);
      return {
        people: sum(undone.map(({ people }) => people)),
        changes: sum(undone.map(({ changes }) => changes)),
      };
    },
    async oldest() {
      const known = await Promise.all(
        everyShard(namespace).map((recipients) => recipients.oldest()),
      );
      const times = known.filter((at) => at !== undefined);
      return times.length > 0 ? Math.min(...times) : undefined;
    },
    list: (number, after, limit) => numbered(namespace, number).list(after, limit),
    async erase(address) {
      const person = personOf(address);
      return shard(namespace, person).erase(person);
    },
  };
}

/** Asks each shard once for all that lies on it, and puts the answers back into the order of `items`. */
async function inOrder<T, R>(
  items: readonly T[],
  keyOf: (item: T) => string,
  ask: (key: string, some: T[]) => Promise<R[]>,
): Promise<R[]> {
  const placed = items.map((item, place) => ({ item, place }));
  const groups = Map.groupBy(placed, ({ item }) => shardOf(keyOf(item)));
  const answers = await Promise.all(
    [...groups.values()].map(async (group) => {
      const some = group.map(({ item }) => item);
      const [first] = some;
      const given = first === undefined ? [] : await ask(keyOf(first), some);
      return group.map(({ place }, at) => ({ place, answer: given[at] }));
    }),
  );
  // Each shard answers every item it was asked, so each place is filled.
  return answers
    .flat()
    .toSorted((a, b) => a.place - b.place)
    .map(({ answer }) => answer as R);
}
