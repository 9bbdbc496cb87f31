import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { Erased } from '../work/services.ts';
import { defineAction } from './action.ts';

/** The longest time of one try, in milliseconds, for a contact with thousands of addresses: that of a queue batch. */
const LEASE = 15 * 60_000;

/** The result of an erasure as a sentence. */
export function describeErasure({ addresses, stores }: Erased): string {
  const gone = stores
    .filter(({ removed }) => removed > 0)
    .map(({ store, removed }) => `${removed} in ${store}`);
  return `erased ${addresses} address${addresses === 1 ? '' : 'es'}: ${gone.join(', ') || 'nothing was stored'}; consent stays as a keyed hash`;
}

/** Erases a deleted contact's data from every store. Consent stays as a keyed hash: it must outlive the person's data. */
export const erase = defineAction({
  name: 'erase',
  kind: 'effect',
  description: 'Erases the contact’s data from every store; consent stays as a keyed hash.',
  params: v.strictObject({}),
  requiredFacts: ['contact_id'],
  carriesAddresses: 'all',
  lease: LEASE,
  erases: true,
  holdable: true,
  budget: { count: 200, within: '1h', over: 'hold' },
  summary: () => 'erase what is stored about this contact',
  async deliver(_, { addresses, subject, erase: remove }) {
    const carried = await addresses();
    if (!subject.contactId && carried.length === 0)
      throw new AppError('action_impossible', `${subject.trigger} names no contact`);
    return { did: await remove(subject.contactId, carried) };
  },
});
