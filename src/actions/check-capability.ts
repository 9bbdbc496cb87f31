import * as v from 'valibot';
import { formatDuration, milliseconds, Wait } from '../rules/model/values.ts';
import { addressOf, defineAction, type EffectFacts } from './action.ts';

/** The most lookups for one person and channel; after that the channel evidently does not answer. */
const MAX_LOOKUPS = 5;
/** The most addresses of one contact that are looked up: a person has a few, a test contact may have thousands. */
const MAX_ADDRESSES = 20;

/** Sinch returns our request id in the answer. It contains the number of lookups, so that no state is needed. */
const requestId = (count: number, callbackId: string): string => `signalbox.${count}.${callbackId}`;
const lookupsBefore = ({ request_id }: EffectFacts): number =>
  Number(/^signalbox\.(\d+)\./.exec(String(request_id))?.[1] ?? 0);

/** Repeats a capability lookup at Sinch, each time after twice the delay. The answer is another CAPABILITY callback. */
export const checkCapability = defineAction({
  name: 'check_capability',
  kind: 'effect',
  description: `Repeats the capability lookup at Sinch for this person: at most ${MAX_LOOKUPS} times, each after twice the delay. On a contact: for each of its addresses. \`app_id\` is the app to ask with where the callback names none.`,
  params: v.strictObject({ after: Wait, app_id: v.optional(v.pipe(v.string(), v.nonEmpty())) }),
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
  delay: ({ after }, facts) => (milliseconds(after) / 1000) * 2 ** lookupsBefore(facts),
  holdable: true,
  budget: { count: 2_000, within: '1h', over: 'hold' },
  summary: ({ after }) => `look the capability up again after ${formatDuration(after)}`,
  async deliver({ app_id: named }, { effect, subject, addresses, sinch }) {
    const appId = subject.appId || named;
    if (!appId) return { skipped: 'the callback names no app: state one in app_id' };
    const lookups = lookupsBefore(effect.facts);
    if (lookups >= MAX_LOOKUPS) return { skipped: `no answer after ${MAX_LOOKUPS} lookups` };
    const known = subject.identity ? [addressOf(subject)] : await addresses();
    if (known.length === 0) return { skipped: 'the contact has no address' };
    for (const [index, address] of known.slice(0, MAX_ADDRESSES).entries()) {
      const place = subject.identity ? '' : `.${index}`;
      await sinch().queryCapability(
        appId,
        address,
        `${requestId(lookups + 1, subject.callbackId)}${place}`,
      );
    }
    return { did: 'looked up again at Sinch' };
  },
});
