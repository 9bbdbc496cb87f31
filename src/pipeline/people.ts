import type { Address } from '../callbacks/model.ts';
import type { Services } from '../work/services.ts';

/** The hash under which whatever tells of a contact is found again. */
export const hashContact = (
  contactId: string,
  { hash }: Pick<Services['dataKey'], 'hash'>,
): string => hash(`contact\n${contactId}`);

/** Keyed hashes of everybody that a callback names: what is kept of it is marked with them, so that an erasure finds it. */
export async function peopleIn(
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
