import type { Address } from '../../callbacks/model.ts';
import { shard, shardAt, shardOf } from '../shards.ts';
import { type ConsentChange, type ConsentEvent, foldConsent } from './consent.ts';
import type { ConsentRow } from './consent-record.ts';
import type { Link, LinkKind } from './links.ts';
import type { Recipients } from './recipients.ts';

/** One identity of a person: its address and keyed hash. */
interface Known {
  readonly person: string;
  readonly address: Address;
}

/**
 * Links identities of one person. Each identity keeps the whole history of both, so that a query reads one object: linking copies
 * the histories, and later changes are stored for both. A link is stored before the copies, so no change between them is lost.
 */
export interface Linking {
  /** Links a number and an id: consent is the fold of both histories by event time. A newer number or id replaces an older one. */
  readonly link: (number: Known, id: Known, at: number) => Promise<void>;
  /** Applies the opt-outs of an identity to the one that replaced it. The old one keeps them. */
  readonly move: (from: Known, to: Known, at: number) => Promise<void>;
  /** Returns the changes that others of the same people get too. */
  readonly mirrored: (changes: readonly ConsentChange[]) => Promise<readonly ConsentChange[]>;
  readonly linksOf: (persons: readonly string[]) => Promise<readonly Link[]>;
}

/** Opens the linking of people. */
export function openLinking(namespace: DurableObjectNamespace<Recipients>): Linking {
  const at = (person: string) => shard(namespace, person);

  const copy = async (from: Known, to: Known, which: (rows: ConsentRow[]) => ConsentRow[]) => {
    const rows = which(await at(from.person).rowsOf(from.person));
    if (rows.length === 0) return;
    const { channel, identity, appId } = to.address;
    await at(to.person).restore(
      rows.map((row) => ({ ...row, person: to.person, channel, identity, app_id: appId })),
    );
  };

  /** Stores one side. Returns whether its histories are still to be copied; undefined where a newer link exists or the person was erased. */
  async function store(own: Known, other: Known, kind: LinkKind, time: number) {
    const outcome = await at(own.person).link({
      person: own.person,
      kind,
      other: other.person,
      address: other.address,
      at: time,
    });
    if (outcome.is === 'erased') await at(other.person).unlink(other.person, own.person);
    if (outcome.is === 'older' || outcome.is === 'erased') return undefined;
    if (outcome.is === 'known') return false;
    const replaced = 'replaced' in outcome ? outcome.replaced : undefined;
    if (replaced && kind !== 'successor') await at(replaced).unlink(replaced, own.person);
    return true;
  }

  async function linksOf(persons: readonly string[]): Promise<readonly Link[]> {
    const groups = [...Map.groupBy(new Set(persons), shardOf)];
    const found = await Promise.all(
      groups.map(([number, some]) => shardAt(namespace, number).linksOf(some)),
    );
    return found.flat();
  }

  return {
    linksOf,
    async link(number, id, time) {
      if (number.person === id.person) return;
      const toNumber = await store(id, number, 'number', time);
      if (toNumber === undefined) return;
      const kind = id.address.identity.includes('.ENT.') ? 'parent' : 'id';
      const toId = await store(number, id, kind, time);
      if (toId === undefined || !(toNumber || toId)) return;
      await copy(number, id, (rows) => rows);
      await copy(id, number, (rows) => rows);
      await at(number.person).completeLink(number.person, id.person);
      await at(id.person).completeLink(id.person, number.person);
    },
    async move(from, to, time) {
      if (from.person === to.person || !(await store(from, to, 'successor', time))) return;
      await copy(from, to, inForce);
      await at(from.person).completeLink(from.person, to.person);
    },
    async mirrored(changes) {
      const links = Map.groupBy(
        await linksOf(changes.map(({ person }) => person)),
        ({ person }) => person,
      );
      if (links.size === 0) return [];
      return changes.flatMap((change) =>
        (links.get(change.person) ?? [])
          // After the change of number the old one may belong to another person.
          .filter(
            ({ kind, at: time }) =>
              kind !== 'successor' || (change.to !== 'in' && change.at <= time),
          )
          .map(({ other, address }) => ({ ...change, person: other, address })),
      );
    },
  };
}

/** Returns the rows of opt-outs and holds that are in force. */
function inForce(rows: readonly ConsentRow[]): ConsentRow[] {
  const events = rows.map((row) => ({
    row,
    event: Object.fromEntries(
      Object.entries(row).filter(([, value]) => value !== null),
      // A row has all fields of an event.
    ) as unknown as ConsentEvent,
  }));
  const { holding, reviews } = foldConsent(events.map(({ event }) => event));
  const kept = new Set([...holding.map(({ event }) => event), ...reviews]);
  return events.flatMap(({ row, event }) => (kept.has(event) ? [row] : []));
}
