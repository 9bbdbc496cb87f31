import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { ConsentEvent } from '../objects/recipients/consent.ts';
import type { ConsentListChange } from '../sinch/consents.ts';
import { addressOf, defineAction } from './action.ts';
import { NO_LIST } from './parts/consent.ts';

/** An entry of a list belongs to an opt-out if it was made this long before or after it, in milliseconds: Sinch makes both at once. */
const BEFORE = 60_000;
const AFTER = 5 * 60_000;
/** Until this long after an opt-out, an entry for it may still come, in milliseconds: Sinch's records may lag behind its callbacks. */
const SETTLED = 10 * 60_000;

/** What Sinch's lists say of an opt-out: the narrower scopes, or why it stays for all; `entries`: by how many entries. */
interface Answer {
  readonly scopes: readonly ('marketing' | 'notification')[];
  readonly why: string;
  readonly entries: number;
}

/** Returns what the consent lists of an app say of an opt-out at `at` (milliseconds since 1970). In doubt, it stays for all content. */
function concernedLists(changes: readonly ConsentListChange[], at: number, app: string): Answer {
  const stays = (why: string): Answer => ({ scopes: [], why, entries: 0 });
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
    : {
        scopes,
        why: `Sinch’s consent lists say that it concerns ${scopes.join(' and ')}`,
        entries: own.length,
      };
}

const isOf =
  (at: number) =>
  (change: ConsentListChange): boolean =>
    // An entry without a time may be one of it.
    change.to === 'on' && !(change.at < at - BEFORE) && !(change.at > at + AFTER);

/** How many opt-outs of an app share the entries of the one at `at`. */
function optOutsAround(history: readonly ConsentEvent[], at: number, app: string): number {
  const near = history.filter(
    (event) =>
      event.source === 'opt' &&
      event.to === 'out' &&
      Math.abs(event.at - at) <= BEFORE + AFTER &&
      (event.app === undefined || event.app === app),
  );
  return new Set(near.map(({ callbackId }) => callbackId)).size;
}

/** Narrows an opt-out that `suppress` recorded for all content, as its callback names no list. Until Sinch answers, and where it cannot, the wide one applies. */
export const narrowOptOut = defineAction({
  name: 'narrow_opt_out',
  kind: 'effect',
  description:
    'Asks Sinch which consent list an OPT_OUT concerns. Where Sinch names only marketing or notifications, these replace the opt-out from all content that `suppress` of the same rule recorded. Until then, and where Sinch cannot say, all content stays stopped; the history states why. Of several opt-outs within minutes, none is narrowed until Sinch has listed as many, or ten minutes have passed.',
  params: v.strictObject({}),
  requiredFacts: ['app_id', 'channel', 'identity'],
  isMeaningless: (trigger) => trigger !== 'OPT_OUT' && trigger !== 'OPT_IN',
  holdable: true,
  budget: { count: 2_000, within: '1h', over: 'hold' },
  summary: () => 'ask Sinch which list the opt-out concerns, and stop only that',
  async deliver(_, { effect, subject, sinch, objects, now }) {
    if (!subject.appId || !subject.identity)
      return { skipped: 'the callback names no app or no address' };
    const address = addressOf(subject);
    const { scopes, why, entries } = await askedOf(async () =>
      concernedLists(
        await sinch().consentLists(subject.appId, address.identity),
        subject.eventTime,
        subject.appId,
      ),
    );
    const settles = subject.eventTime + SETTLED;
    if (entries > 0 && now < settles) {
      // The entries may be those of another opt-out, and the one for all content may still come.
      const [consent] = await objects.recipients.read([address]);
      const { appId, eventTime } = subject;
      if (entries < optOutsAround(consent?.history ?? [], eventTime, appId))
        return { later: (settles - now) / 1_000, reason: 'Sinch may not have listed it yet' };
    }
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
    return { scopes: [], why: `Sinch could not be asked (${error.message})`, entries: 0 };
  }
}
