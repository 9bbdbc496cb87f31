import * as v from 'valibot';
import type { ReviewRequest } from '../work/services.ts';
import { defineAction, type EffectContext } from './action.ts';

/** The most contacts that a review names. */
const MOST_CONTACTS = 100;

const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((id) => typeof id === 'string');

/** The addresses of contacts that are one person: those of the callback, and those that are stored, each once. */
async function sidesOf(
  contacts: readonly string[],
  { addresses, addressesOf }: EffectContext,
): Promise<ReviewRequest['addresses']> {
  const known = await Promise.all(
    contacts.map(async (contact) =>
      (await addressesOf(contact)).map((address) => ({ contact, address })),
    ),
  );
  const named = (await addresses()).map((address) => ({ address }));
  const sides = [...named, ...known.flat()];
  return [...new Map(sides.map((side) => [JSON.stringify(side.address), side])).values()];
}

/** Opens a review of contacts that are one person: of duplicates always, after a merge when their consents differ. */
export const compareConsent = defineAction({
  name: 'compare_consent',
  kind: 'effect',
  description:
    'For duplicated contacts: opens a review that shows them side by side (GET /v1/reviews). For merged contacts: closes the review of their duplication, and opens one if their consents differ.',
  params: v.strictObject({}),
  carriesAddresses: 'all',
  isMeaningless: (trigger) =>
    trigger !== 'CONTACT_MERGE' && trigger !== 'CONTACT_IDENTITIES_DUPLICATION',
  carriesFacts: ['preserved_contact_id', 'deleted_contact_id', 'duplicate_contact_ids'],
  holdable: true,
  budget: { count: 500, within: '1h', over: 'run' },
  summary: () => 'show the contacts and their consents to a person',
  async deliver(_, context) {
    const { effect, subject, review: open, closeReviews } = context;
    const [kept] = texts(effect.facts.preserved_contact_id);
    const [gone] = texts(effect.facts.deleted_contact_id);
    const shared = texts(effect.facts.duplicate_contact_ids);
    const contacts = [...texts(kept), ...texts(gone), ...shared];
    const isDuplicate = shared.length > 1;
    const sides = await sidesOf(contacts, context);
    const closed =
      kept !== undefined && gone !== undefined
        ? await closeReviews({
            ...{ kept, gone, addresses: sides.map(({ address }) => address) },
            ...{ callbackId: subject.callbackId, at: subject.eventTime },
          })
        : 0;
    const also = closed > 0 ? `; closed ${closed} of the duplication` : '';
    // Duplicates are to be merged even where no callback has named their addresses yet.
    if (!isDuplicate && sides.length < 2)
      return { skipped: `fewer than two addresses are known${also}` };
    const id = await open({
      kind: isDuplicate ? 'duplicate' : 'consents-differ',
      key: effect.key,
      rule: effect.rule.name,
      callbackId: subject.callbackId,
      at: subject.eventTime,
      // The number only: a long list of contacts may not fit.
      reason: isDuplicate
        ? `${shared.length} contacts share an address: merge them at Sinch, or leave them apart`
        : `the consents of ${contacts.length > 1 ? `${contacts.length} ` : ''}contacts that are one person differ`,
      addresses: sides,
      contacts: contacts.slice(0, MOST_CONTACTS),
    });
    return id ? { did: `review ${id} is open${also}` } : { skipped: `their consents agree${also}` };
  },
});
