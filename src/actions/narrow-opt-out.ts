import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { ConsentListChange } from '../sinch/consents.ts';
import { addressOf, defineAction } from './action.ts';
import { NO_LIST } from './parts/consent.ts';

/** An entry of a list belongs to an opt-out if it was made this long before or after it, in milliseconds: Sinch makes both at once. */
const BEFORE = 60_000;
const AFTER = 5 * 60_000;

/** What Sinch's lists say of an opt-out: the narrower scopes, or why it stays for all. */
type Answer = { readonly scopes: readonly ('marketing' | 'notification')[]; readonly why: string };

/** Returns what the consent lists of an app say of an opt-out at `at` (milliseconds since 1970). In doubt, it stays for all content. */
function concernedLists(changes: readonly ConsentListChange[], at: number, app: string): Answer {
  const stays = (why: string): Answer => ({ scopes: [], why });
  // The last entry of each list counts.
  const standing = new Map(changes.map(({ list, to }) => [list, to]));
  if (standing.get('all') === 'on') return stays('Sinch has the person on the list of all content');
  const entries = changes.filter(isOf(at));
  if (entries.some(({ list }) => list === 'unknown'))
    return stays('Sinch’s consent lists have an entry for it that is not known');
  // An entry of another app says nothing of this one.
  const own = entries.filter(({ appId }) => appId === '' || appId === app);
  const scopes = [...new Set(own.map(({ list }) => list))].filter(
    (list) => list === 'marketing' || list === 'notification',
  );
  return scopes.length === 0
    ? stays('Sinch’s consent lists have no entry for it')
    : { scopes, why: `Sinch’s consent lists say that it concerns ${scopes.join(' and ')}` };
}

const isOf =
  (at: number) =>
  (change: ConsentListChange): boolean =>
    // An entry without a time may be one of it.
    change.to === 'on' && !(change.at < at - BEFORE) && !(change.at > at + AFTER);

/** Narrows an opt-out that `suppress` recorded for all content, as its callback names no list. Until Sinch answers, and where it cannot, the wide one applies. */
export const narrowOptOut = defineAction({
  name: 'narrow_opt_out',
  kind: 'effect',
  description:
    'Asks Sinch which consent list an OPT_OUT concerns. Where Sinch names only marketing or notifications, these replace the opt-out from all content that `suppress` of the same rule recorded. Until then, and where Sinch cannot say, all content stays stopped; the history states why.',
  params: v.strictObject({}),
  requiredFacts: ['app_id', 'channel', 'identity'],
  isMeaningless: (trigger) => trigger !== 'OPT_OUT' && trigger !== 'OPT_IN',
  holdable: true,
  budget: { count: 2_000, within: '1h', over: 'hold' },
  summary: () => 'ask Sinch which list the opt-out concerns, and stop only that',
  async deliver(_, { effect, subject, sinch, objects }) {
    if (!subject.appId || !subject.identity)
      return { skipped: 'the callback names no app or no address' };
    const address = addressOf(subject);
    const { scopes, why } = await askedOf(async () =>
      concernedLists(
        await sinch().consentLists(subject.appId, address.identity),
        subject.eventTime,
        subject.appId,
      ),
    );
    const reason = `${NO_LIST}; ${why}`;
    await objects.recipients.specify(address, {
      ...{ callbackId: subject.callbackId, rule: effect.rule.name, scopes, reason },
    });
    return scopes.length === 0 ? { skipped: why } : { did: why };
  },
});

/** An answer that will not change is an answer: the wide opt-out stays. What may pass is thrown, so that the queue retries. */
async function askedOf(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code !== 'not_configured' && error.code !== 'sinch_refused') throw error;
    return { scopes: [], why: `Sinch could not be asked (${error.message})` };
  }
}
