import { readCallbackText } from '../../callbacks/callback.ts';
import { addressOf } from '../../callbacks/shapes/parts.ts';
import type { Address } from '../../callbacks/triggers/trigger.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import type { Objects } from '../../objects/index.ts';
import { addressesTold, readAddresses } from '../../pipeline/addresses.ts';
import { hashContact, peopleIn } from '../../pipeline/people.ts';
import type { Effect } from '../../work/effect.ts';

interface House {
  readonly objects: Objects;
  readonly dataKey: DataKey;
  readonly ARCHIVE: Pick<R2Bucket, 'get'>;
}

/**
 * Keyed hashes of everybody that held work names, so that an erasure finds it: the callback's person and contact, the addresses
 * and contacts that travel along, and all whom the body names where it is to be forwarded.
 */
export async function everybodyIn(effect: Effect, house: House): Promise<readonly string[]> {
  const { subject, facts } = effect;
  const own = addressOf(subject, subject.appId);
  const named = Object.entries(facts).flatMap(([name, value]) =>
    /contact_ids?$/.test(name) ? value : [],
  );
  const read = async (key: string) => (await house.ARCHIVE.get(key))?.text();
  const told = await inBody(effect, read);
  const contacts = [...named.filter((id) => typeof id === 'string'), ...told.contacts];
  const travelled = await readAddresses(effect.addresses, read, () => []);
  const addresses = [...(own ? [own] : []), ...travelled, ...told.addresses];
  const people = await peopleIn(addresses, subject.contactId, house);
  return [...new Set([...people, ...contacts.map((id) => hashContact(id, house.dataKey))])];
}

/** Where in R2 lies what belongs to an effect. */
export const placesOf = ({ body, addresses }: Effect): string[] => [
  ...(body && 'key' in body ? [body.key] : []),
  ...('key' in addresses ? [addresses.key] : []),
];

async function inBody(
  { body, subject }: Effect,
  read: (key: string) => Promise<string | undefined>,
): Promise<{ readonly addresses: readonly Address[]; readonly contacts: readonly string[] }> {
  const text = body && ('text' in body ? body.text : await read(body.key));
  if (text === undefined) return { addresses: [], contacts: [] };
  const callback = await readCallbackText(text, subject.receivedAt);
  return {
    addresses: addressesTold(callback),
    contacts: callback.memories.flatMap((memory) =>
      memory.kind === 'contact' ? memory.contactId : [],
    ),
  };
}
