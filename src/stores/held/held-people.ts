import { readCallbackText } from '../../callbacks/callback.ts';
import type { Address } from '../../callbacks/model.ts';
import { addressOf } from '../../callbacks/shapes/parts.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import type { Objects } from '../../objects/index.ts';
import { hashContact, hashPeople } from '../../pipeline/people.ts';
import { namedAddresses, readAddresses } from '../../pipeline/queue-message.ts';
import type { Effect } from '../../work/effect.ts';

interface Dependencies {
  readonly objects: Objects;
  readonly dataKey: DataKey;
  readonly ARCHIVE: Pick<R2Bucket, 'get'>;
}

/**
 * Returns the keyed hashes of all people that held work names, so that an erasure finds it: the
 * callback's person and contact, the addresses and contacts of the effect, and those in a body that
 * is to be forwarded.
 */
export async function peopleNamedIn(
  effect: Effect,
  dependencies: Dependencies,
): Promise<readonly string[]> {
  const { subject, facts } = effect;
  const own = addressOf(subject, subject.appId);
  const named = Object.entries(facts).flatMap(([name, value]) =>
    /contact_ids?$/.test(name) ? value : [],
  );
  const read = async (key: string) => (await dependencies.ARCHIVE.get(key))?.text();
  const inForwarded = await inBody(effect, read);
  const contacts = [...named.filter((id) => typeof id === 'string'), ...inForwarded.contacts];
  const travelled = await readAddresses(effect.addresses, read, () => []);
  const addresses = [...(own ? [own] : []), ...travelled, ...inForwarded.addresses];
  const people = await hashPeople(addresses, subject.contactId, dependencies);
  return [...new Set([...people, ...contacts.map((id) => hashContact(id, dependencies.dataKey))])];
}

/** Returns the R2 keys of an effect's body and addresses. */
export const objectKeysOf = ({ body, addresses }: Effect): string[] => [
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
    addresses: namedAddresses(callback),
    contacts: callback.stateRecords.flatMap((memory) =>
      memory.kind === 'contact' ? memory.contactId : [],
    ),
  };
}
