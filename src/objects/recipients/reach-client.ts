import type { Address } from '../../callbacks/model.ts';
import { messageOf } from '../../errors.ts';
import { openDeadline } from '../../outbound/timeout.ts';
import { inOrder, shard, shardAt, shardOf } from '../shards.ts';
import { joinCapabilities } from './capabilities.ts';
import type { CheckOutcome, CheckTerms } from './checks.ts';
import type { Reach } from './person-reach.ts';
import type { ChannelUse, PreferenceNote } from './preferences.ts';
import type { Recipients } from './recipients.ts';

/** An app that asks whether it can reach an address. */
export interface CheckRequest {
  readonly address: Address;
  readonly app: string;
  readonly requestId: string;
}

/** A preference to store, by the address of the person. */
export type PreferenceReport = Omit<PreferenceNote, 'person' | 'channel'> & {
  readonly address: Address;
};

/** How people can be reached: at most one call to each shard, in parallel. State: `Recipients` objects. */
export interface ReachClient {
  /**
   * Returns how each address can be reached, in the order requested, with what is known of the linked identities of its person:
   * at most two calls to each shard. Undefined for the people of an object that does not answer within `timeout` milliseconds.
   */
  readonly read: (addresses: readonly Address[], timeout: number) => Promise<(Reach | undefined)[]>;
  /** Starts the checks that are needed, and returns the outcome of each in the order given. */
  readonly startChecks: (
    checks: readonly CheckRequest[],
    terms: CheckTerms,
  ) => Promise<CheckOutcome[]>;
  /** Ends checks that could not be sent. */
  readonly endChecks: (checks: readonly Omit<CheckRequest, 'requestId'>[]) => Promise<void>;
  /** Stores the last use of a channel with an app. */
  readonly noteUse: (
    address: Address,
    use: Pick<ChannelUse, 'kind' | 'at'> & { readonly app: string },
  ) => Promise<void>;
  readonly notePreferences: (preferences: readonly PreferenceReport[]) => Promise<void>;
}

/** Opens the client. `personOf` returns the keyed hash of a person. */
export function openReach(
  namespace: DurableObjectNamespace<Recipients>,
  personOf: (address: Address) => string,
): ReachClient {
  /** Returns what the objects know of people; the people of an object that does not answer are `missing`. */
  async function readAll(persons: Iterable<string>, timeout: number) {
    const found = new Map<string, Reach>();
    const missing = new Set<number>();
    const deadline = openDeadline(timeout);
    await Promise.all(
      [...Map.groupBy(new Set(persons), shardOf)].map(async ([number, some]) => {
        try {
          const known = await deadline.before(shardAt(namespace, number).readReach(some));
          for (const { person, ...reach } of known) found.set(person, reach);
        } catch (error) {
          console.error({
            // @event reach.unavailable | It could not be read in time how people can be reached; the
            //   answer for them is unknown.
            event: 'reach.unavailable',
            shard: number,
            message: messageOf(error),
          });
          missing.add(number);
        }
      }),
    );
    deadline.end();
    return { found, missing };
  }

  const grouped = <T extends { readonly address: Address }>(items: readonly T[]) =>
    [
      ...Map.groupBy(
        items.map((item) => ({ item, person: personOf(item.address) })),
        ({ person }) => shardOf(person),
      ),
    ] as const;

  return {
    async read(addresses, timeout) {
      const persons = addresses.map(personOf);
      const { found, missing } = await readAll(persons, timeout);
      const linked = [...found.values()].flatMap(({ links }) => links.filter(isSame));
      const others =
        linked.length > 0
          ? (
              await readAll(
                linked.map(({ other }) => other),
                timeout,
              )
            ).found
          : new Map<string, Reach>();
      return persons.map((person) => {
        if (missing.has(shardOf(person))) return undefined;
        const own = found.get(person) ?? NOTHING;
        return own.links
          .filter(isSame)
          .reduce((all, { other }) => joined(all, others.get(other)), own);
      });
    },
    startChecks: (checks, terms) =>
      inOrder(
        checks.map(({ address, app, requestId }) => ({
          ...{ person: personOf(address), channel: address.channel, app, requestId },
        })),
        ({ person }) => person,
        (person, some) => shard(namespace, person).startChecks(some, terms),
      ),
    async endChecks(checks) {
      await Promise.all(
        grouped(checks).map(([number, some]) =>
          shardAt(namespace, number).endChecks(
            some.map(({ item: { address, app }, person }) => ({
              ...{ person, channel: address.channel, app },
            })),
          ),
        ),
      );
    },
    async noteUse(address, use) {
      const person = personOf(address);
      await shard(namespace, person).noteUse({ ...use, person, channel: address.channel });
    },
    async notePreferences(preferences) {
      await Promise.all(
        grouped(preferences).map(([number, some]) =>
          shardAt(namespace, number).notePreferences(
            some.map(({ item: { address, ...preference }, person }) => ({
              ...preference,
              ...{ person, channel: address.channel },
            })),
          ),
        ),
      );
    },
  };
}

const NOTHING: Reach = { capabilities: [], uses: [], preferences: [], links: [] };

/** Whether a link is to another identity of the same account. An identity that replaced this one may be another device. */
const isSame = ({ kind }: Reach['links'][number]): boolean => kind !== 'successor';

/** Joins what is known of two identities of one person. */
function joined(own: Reach, other: Reach | undefined): Reach {
  if (!other) return own;
  const groups = Map.groupBy(
    [...own.capabilities, ...other.capabilities.filter(({ channel }) => channel === LINKED)],
    ({ channel, app }) => JSON.stringify([channel, app ?? '']),
  );
  return {
    capabilities: [...groups.values()].flatMap((some) =>
      some.slice(1).reduce((all, one) => [joinCapabilities(all[0] ?? one, one)], some.slice(0, 1)),
    ),
    uses: [...own.uses, ...other.uses.filter(({ channel }) => channel === LINKED)],
    preferences: [
      ...own.preferences,
      ...other.preferences.filter(({ channel }) => channel === LINKED),
    ],
    links: own.links,
  };
}

/** The channel whose numbers and business-scoped ids are linked. */
const LINKED = 'WHATSAPP';
