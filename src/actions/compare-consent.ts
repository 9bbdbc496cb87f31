import * as v from 'valibot';
import { defineAction } from './action.ts';

/** Opens a review when contacts that are one person differ in their consent. */
export const compareConsent = defineAction({
  name: 'compare_consent',
  kind: 'effect',
  description:
    'For merged or duplicated contacts: if their consents differ, opens a review that shows both sides (GET /v1/reviews).',
  params: v.strictObject({}),
  carriesAddresses: 'all',
  isMeaningless: (trigger) =>
    trigger !== 'CONTACT_MERGE' && trigger !== 'CONTACT_IDENTITIES_DUPLICATION',
  carriesFacts: ['preserved_contact_id', 'deleted_contact_id', 'duplicate_contact_ids'],
  holdable: true,
  budget: { count: 500, within: '1h', over: 'run' },
  summary: () => 'ask a person to decide if their consents differ',
  async deliver(_, { effect, subject, review: open, addresses: carried, addressesOf }) {
    const {
      preserved_contact_id: kept,
      deleted_contact_id: gone,
      duplicate_contact_ids: shared,
    } = effect.facts;
    const contacts = [kept, gone, ...(Array.isArray(shared) ? shared : [])].filter(
      (id) => typeof id === 'string',
    );
    const known = await Promise.all(
      contacts.map(async (contact) =>
        (await addressesOf(contact)).map((address) => ({ contact, address })),
      ),
    );
    const named = (await carried()).map((address) => ({ address }));
    const addresses = new Map(
      [...named, ...known.flat()].map((side) => [JSON.stringify(side.address), side]),
    );
    if (addresses.size < 2) return { skipped: 'fewer than two addresses are known' };
    const id = await open({
      kind: 'consents-differ',
      key: effect.key,
      rule: effect.rule.name,
      callbackId: subject.callbackId,
      at: subject.eventTime,
      receivedAt: subject.receivedAt,
      // The number only: a long list of contacts may not fit.
      reason: `the consents of ${contacts.length > 1 ? `${contacts.length} ` : ''}contacts that are one person differ`,
      addresses: [...addresses.values()],
    });
    return id ? { did: `review ${id} is open` } : { skipped: 'their consents agree' };
  },
});
