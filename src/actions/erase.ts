import * as v from 'valibot';
import { AppError } from '../errors.ts';
import { defineAction } from './action.ts';

/** Removes a deleted contact's data from every store. Consent survives as a keyed hash: it must outlive the person's data. */
export const erase = defineAction({
  name: 'erase',
  kind: 'effect',
  description: 'Removes the contact’s data from every store; consent survives as a keyed hash.',
  params: v.strictObject({}),
  needs: ['contact_id'],
  says: () => 'erase what is kept about this contact',
  async deliver(_, { effect, subject, erase: remove }) {
    if (!subject.contactId && effect.addresses.length === 0)
      throw new AppError('action_impossible', `${subject.trigger} names no contact`);
    return { did: await remove(subject.contactId, effect.addresses) };
  },
});
