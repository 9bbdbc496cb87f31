import * as v from 'valibot';
import { defineAction } from './action.ts';

/** When contacts turn out to be one person, of whom one said no and the other did not, a person decides. */
export const compareConsent = defineAction({
  name: 'compare_consent',
  kind: 'effect',
  description:
    'For merged or duplicated contacts: where their consents differ, a review names both sides (GET /v1/reviews).',
  params: v.strictObject({}),
  carriesAddresses: 'all',
  carriesFacts: ['preserved_contact_id', 'deleted_contact_id', 'duplicate_contact_ids'],
  summary: () => 'ask a person to decide where their consents differ',
  async deliver(_, { effect, subject, review: ask, addresses: told, addressesOf }) {
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
    const named = (await told()).map((address) => ({ address }));
    const addresses = new Map(
      [...named, ...known.flat()].map((side) => [JSON.stringify(side.address), side]),
    );
    if (addresses.size < 2) return { skipped: 'fewer than two addresses are known' };
    const id = await ask({
      kind: 'consents-differ',
      key: effect.key,
      rule: effect.rule.name,
      callbackId: subject.callbackId,
      at: subject.eventTime,
      // A long list of contacts does not travel.
      reason: `the consents of ${contacts.length > 1 ? `${contacts.length} ` : ''}contacts that are one person differ`,
      addresses: [...addresses.values()],
    });
    return id ? { did: `review ${id} is open` } : { skipped: 'their consents agree' };
  },
});
