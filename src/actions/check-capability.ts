import * as v from 'valibot';
import type { Address } from '../callbacks/model.ts';
import { isCertain } from '../objects/recipients/capabilities.ts';
import { described, formatDuration, milliseconds, Wait } from '../rules/model/values.ts';
import {
  laterChannels,
  lookupId,
  lookupsBefore,
  MAX_LOOKUPS,
} from '../sinch/capability-lookups.ts';
import type { Outcome } from '../work/effect.ts';
import { addressOf, defineAction, type EffectContext } from './action.ts';

/** The most addresses of one contact that are looked up: a person has a few, a test contact may have thousands. */
const MAX_ADDRESSES = 20;

/** Repeats a capability lookup at Sinch, each time after twice the delay. The answer is another CAPABILITY callback. */
export const checkCapability = defineAction({
  name: 'check_capability',
  kind: 'effect',
  description: `Repeats the capability lookup at Sinch for this person: at most ${MAX_LOOKUPS} times, each after twice the delay. After that it looks up the next channel of the app’s channel priority, if the person is known by a phone number. On a contact: for each of its addresses. \`app_id\` is the app to ask with where the callback names none.`,
  params: v.strictObject({
    after: described('How long the look-up waits.', Wait),
    app_id: v.optional(
      described(
        'The app to ask with where the callback names none.',
        v.pipe(v.string(), v.nonEmpty()),
      ),
    ),
  }),
  requiredFacts: ['app_id', 'channel', 'identity'],
  worksOnContacts: true,
  carriesAddresses: 'all',
  carriesFacts: ['request_id'],
  triggersCallbacks: ['CAPABILITY_FULL', 'CAPABILITY_PARTIAL', 'NO_CAPABILITY'].map(
    (capability_status) => ({
      trigger: 'CAPABILITY',
      facts: { capability_status },
    }),
  ),
  delay: ({ after }, { request_id }) =>
    (milliseconds(after) / 1000) * 2 ** lookupsBefore(request_id),
  holdable: true,
  budget: { count: 2_000, within: '1h', over: 'hold' },
  summary: ({ after }) => `look the capability up again after ${formatDuration(after)}`,
  async deliver({ app_id: named }, context) {
    const { effect, subject, addresses, sinch } = context;
    const appId = subject.appId || named;
    if (!appId) return { skipped: 'the callback names no app: state one in app_id' };
    const lookups = lookupsBefore(effect.facts.request_id);
    if (lookups >= MAX_LOOKUPS) return lookUpNext(appId, addressOf(subject), context);
    const known = subject.identity ? [addressOf(subject)] : await addresses();
    if (known.length === 0) return { skipped: 'the contact has no address' };
    for (const [index, address] of known.slice(0, MAX_ADDRESSES).entries()) {
      const place = subject.identity ? '' : `.${index}`;
      await sinch().queryCapability(
        appId,
        address,
        `${lookupId(lookups + 1, subject.callbackId)}${place}`,
      );
    }
    return { did: 'looked up again at Sinch' };
  },
});

/** Looks up the next channel that takes the same number, unless its answer is known. */
async function lookUpNext(
  app: string,
  address: Address,
  { subject, sinch, objects, now, capabilityMaxAge: maxAge }: EffectContext,
): Promise<Outcome> {
  const none = `no answer after ${MAX_LOOKUPS} lookups`;
  const priority = (await sinch().channelsOf(app)) ?? [];
  for (const channel of laterChannels(priority, address)) {
    const next = { address: { ...address, channel }, app };
    const requestId = `${lookupId(1, subject.callbackId)}.${channel}`;
    const [outcome] = await objects.reach.startChecks([{ ...next, requestId }], { maxAge, now });
    if (outcome?.is === 'cached') {
      if (isCertain(outcome.capability.status)) return { skipped: `${none}; ${channel} is known` };
      continue;
    }
    // The same request id is that of an earlier try of this effect.
    if (outcome?.requestId === requestId) {
      await sinch().queryCapability(app, next.address, requestId);
      return { did: `${none}; looked up ${channel}, the next channel` };
    }
    return { skipped: `${none}; ${channel} is being looked up` };
  }
  return { skipped: none };
}
