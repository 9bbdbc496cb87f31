import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { Erased } from '../work/services.ts';
import { defineAction } from './action.ts';

/** Each address of a contact takes some calls: thousands of them may take as long as a batch of the queue, in milliseconds. */
const LEASE = 15 * 60_000;

/** What an erasure did, in a sentence. */
export function erasedWords({ addresses, stores }: Erased): string {
  const gone = stores
    .filter(({ removed }) => removed > 0)
    .map(({ store, removed }) => `${removed} in ${store}`);
  return `erased ${addresses} address${addresses === 1 ? '' : 'es'}: ${gone.join(', ') || 'nothing was kept'}; consent stays as a keyed hash`;
}

/** Removes a deleted contact's data from every store. Consent survives as a keyed hash: it must outlive the person's data. */
export const erase = defineAction({
  name: 'erase',
  kind: 'effect',
  description: 'Removes the contact’s data from every store; consent survives as a keyed hash.',
  params: v.strictObject({}),
  requiredFacts: ['contact_id'],
  carriesAddresses: 'all',
  lease: LEASE,
  summary: () => 'erase what is kept about this contact',
  async deliver(_, { addresses, subject, erase: remove }) {
    const told = await addresses();
    if (!subject.contactId && told.length === 0)
      throw new AppError('action_impossible', `${subject.trigger} names no contact`);
    return { did: await remove(subject.contactId, told) };
  },
});
