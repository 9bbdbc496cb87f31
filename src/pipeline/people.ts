import type { Address } from '../callbacks/model.ts';
import { contactKey } from '../callbacks/person.ts';
import type { Services } from '../work/services.ts';

/** The keyed hash of a contact, by which an erasure finds records about it. */
export const hashContact = (
  contactId: string,
  { hash }: Pick<Services['dataKey'], 'hash'>,
): string => hash(contactKey(contactId));

/** The keyed hashes of people and their contact. Records are marked with them, so that an erasure finds the records. */
export async function hashPeople(
  addresses: readonly Address[],
  contactId: string | undefined,
  { objects, dataKey }: Pick<Services, 'objects' | 'dataKey'>,
): Promise<readonly string[]> {
  const people = await Promise.all([
    ...addresses.map((address) => objects.recipients.personOf(address)),
    ...(contactId ? [hashContact(contactId, dataKey)] : []),
  ]);
  return [...new Set(people)];
}
