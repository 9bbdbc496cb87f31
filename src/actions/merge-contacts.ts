import * as v from 'valibot';
import { AppError } from '../errors.ts';
import { described } from '../rules/model/values.ts';
import type { SinchContact } from '../sinch/contacts.ts';
import { defineAction, type EffectContext } from './action.ts';
import { applyStricter, consentsDiffer } from './parts/stricter-consent.ts';

/** The most contacts that one notification may merge: more are an accident of an import, for a person to look at. */
const MOST = 10;

const KEEP = {
  oldest: 'the oldest contact',
  newest: 'the newest contact',
  most_addresses: 'the contact with the most addresses',
} as const;

/** Orders contacts so that the one to keep comes first. Sinch's ids begin with the time of creation. */
function keptFirst(
  contacts: readonly SinchContact[],
  keep: keyof typeof KEEP,
): readonly SinchContact[] {
  const byAge = contacts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (keep === 'oldest') return byAge;
  if (keep === 'newest') return byAge.toReversed();
  return byAge.toSorted((a, b) => b.addresses.length - a.addresses.length);
}

/** The contacts of a duplication that Sinch still has: one that a try before this one merged is gone. */
async function contactsOf(context: EffectContext): Promise<readonly SinchContact[]> {
  const named = context.effect.facts.duplicate_contact_ids;
  const ids = (Array.isArray(named) ? named : []).filter((id) => typeof id === 'string');
  if (ids.length > MOST)
    throw new AppError(
      'action_impossible',
      `${ids.length} contacts share addresses: at most ${MOST} are merged without a person`,
    );
  const sinch = context.sinch();
  const found = await Promise.all(ids.map((id) => sinch.contact(id)));
  return found.filter((contact) => contact !== undefined);
}

/** Merges contacts that share an address at Sinch. Consent belongs to the address, so differing consents stop it unless the rule lets the stricter win. */
export const mergeContacts = defineAction({
  name: 'merge_contacts',
  kind: 'effect',
  description:
    'Merges contacts that share addresses, at Sinch. `keep` states which one stays. Where their consents differ nothing is merged, unless `consents` is `stricter`: then each address refuses what any of them refuses, with the proof of that one.',
  params: v.strictObject({
    keep: described('The contact that stays.', v.picklist(['oldest', 'newest', 'most_addresses'])),
    consents: v.optional(
      described(
        'agree merges only contacts with the same consents; stricter refuses afterwards what any of them refused.',
        v.picklist(['agree', 'stricter']),
      ),
      'agree',
    ),
  }),
  requiredFacts: ['duplicate_contact_ids'],
  carriesFacts: ['duplicate_contact_ids'],
  carriesAddresses: 'all',
  holdable: true,
  budget: { count: 20, within: '1h', over: 'hold' },
  summary: ({ keep, consents }) =>
    `merge the contacts at Sinch into ${KEEP[keep]}${consents === 'stricter' ? ', with the stricter consent' : ' if their consents agree'}`,
  async deliver({ keep, consents }, context) {
    const { addresses: carried, effect, subject, objects, sinch } = context;
    const contacts = await contactsOf(context);
    const [kept, ...others] = keptFirst(contacts, keep);
    if (!kept || others.length === 0) return { skipped: 'fewer than two of the contacts exist' };
    const all = [...(await carried()), ...contacts.flatMap(({ addresses }) => addresses)];
    const unique = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
    const states = await objects.recipients.read(unique);
    if (consentsDiffer(states)) {
      if (consents === 'agree')
        return {
          skipped: 'their consents differ: a person decides, or the rule lets the stricter win',
        };
      await applyStricter(unique, states, {
        ...{ key: effect.key, at: subject.eventTime, rule: effect.rule.name },
        ...{ rulebook: effect.rulebook, change: objects.recipients.change },
      });
    }
    for (const { id } of others) await sinch().mergeContact(kept.id, id);
    return { did: `merged ${others.map(({ id }) => id).join(', ')} into ${kept.id}` };
  },
});
