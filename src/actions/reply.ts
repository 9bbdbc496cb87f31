import * as v from 'valibot';
import type { Address } from '../callbacks/model.ts';
import {
  type ConsentEvent,
  consentStateOf,
  consentStates,
  refusalOf,
} from '../objects/recipients/consent.ts';
import {
  type Content,
  Duration,
  described,
  formatDuration,
  formatRate,
  milliseconds,
  Rate,
  rateWindow,
} from '../rules/model/values.ts';
import { contentType, recipientOf, sendOrUndo } from '../sinch/client.ts';
import { addressOf, defineAction, type EffectContext } from './action.ts';
import { memberOf } from './parts/alert-member.ts';
import { OWN_REPORTS } from './parts/own-reports.ts';

/** Seconds to wait for the network's own opt-out callback, which may arrive shortly after the keyword. */
const DELAY = 5;

/** The content type of a reply, for its permit and for Sinch. */
const CONTENT = 'notification' satisfies Content;

/** The number of consent changes in a history, up to those of one callback; 0 when that callback changed nothing. */
function turnOf(history: readonly ConsentEvent[], callbackId: string): number {
  let turns = 0;
  let before = JSON.stringify(consentStateOf([]).scopes);
  for (const { event, state } of consentStates(history)) {
    const after = JSON.stringify(state.scopes);
    if (after === before) continue;
    turns += 1;
    if (event.callbackId === callbackId) return turns;
    before = after;
  }
  return 0;
}

/** The claim of an answer: a message and its redacted copy are two callbacks, but get one answer. */
function answerOf({ key, rule, subject: { trigger, messageId } }: EffectContext['effect']): string {
  if (!messageId || !trigger.startsWith('MESSAGE_INBOUND')) return key;
  return `reply/${messageId}/${rule.name}/${key.slice(key.lastIndexOf('/') + 1)}`;
}

const historyOf = async (
  address: Address,
  { objects }: EffectContext,
): Promise<readonly ConsentEvent[]> => (await objects.recipients.read([address]))[0]?.history ?? [];

/**
 * The address to answer: the sender of the message, or the first address of a contact. A contact did not write, so nothing is
 * sent to one that refused notifications at any of its addresses.
 */
async function addresseeOf(
  appId: string,
  { subject, addresses, objects }: EffectContext,
): Promise<Address | { readonly skipped: string }> {
  if (subject.identity) return addressOf(subject);
  const known = await addresses();
  const [first] = known;
  if (!first) return { skipped: 'the contact has no address' };
  const consents = await objects.recipients.read(known);
  return consents.some((consent) => refusalOf(consent, CONTENT, appId) !== undefined)
    ? { skipped: 'the person asked for no more messages' }
    : { ...first, appId: first.appId || appId };
}

/** How long a change of consent is claimed for its confirmation, in milliseconds: longer than a send. */
const CHANGE_LEASE = 60_000;

/**
 * Claims the change of consent that a message made, so that it is confirmed once; a claim that lapsed may have been confirmed.
 * Returns how to free it, or `undefined` where it is claimed already.
 */
async function claimChange(
  address: Address,
  history: readonly ConsentEvent[],
  { subject, objects: { claims, recipients }, now }: EffectContext,
): Promise<(() => Promise<void>) | undefined> {
  const turn = turnOf(history, subject.callbackId);
  if (turn === 0) return async () => {};
  const key = `reply/${await recipients.personOf(address)}/${turn}`;
  const holder = crypto.randomUUID();
  if ((await claims.take(key, CHANGE_LEASE, now, holder)) !== 'taken') return undefined;
  return () => claims.free(key, holder);
}

/**
 * Spends one of the person's answers; `false` above the limit. The first answer above it raises one alert: either the person is
 * in need, or a machine answers our answers.
 */
async function mayAnswer(
  address: Address,
  limit: string,
  context: EffectContext,
): Promise<boolean> {
  const { effect, subject, objects, now, raise } = context;
  const person = await objects.recipients.personOf(address);
  const spent = await objects.pauses.spendReply(person, answerOf(effect), rateWindow(limit), now);
  if (spent.first) {
    const member = memberOf(
      {
        severity: 'low',
        title: `No more answers to one person on ${address.channel}: ${formatRate(limit)} were sent`,
        text: `Rule ${effect.rule.name} was about to answer once more and did not. A machine may be answering our answers. Callback ${subject.callbackId}.`,
      },
      { ...effect, rule: { ...effect.rule, name: `${effect.rule.name}-answer-limit` } },
      subject,
    );
    await raise({ key: `${effect.key}/answer-limit`, member, at: subject.eventTime });
  }
  return spent.allowed;
}

/**
 * Answers the person who just wrote, or writes to a contact. A change of consent is confirmed once, within five minutes (47 CFR 64.1200(a)(12) allows one
 * text without marketing), and never if the network answers itself. Consent is not checked: a STOP is confirmed and a HELP answered
 * (CTIA) even to people who opted out. A throttle on notifications delays it.
 */
export const reply = defineAction({
  name: 'reply',
  kind: 'effect',
  description:
    'Answers the person who just wrote, on the same channel: once for each message, or once for each change of consent, also after a STOP. One person gets at most `per_person` answers of all rules together; above it nothing is sent and one alert reports it. On a contact: to its first address, and not to a person who refused notifications; `app_id` is the app to send from where the callback names none. Throttle and Sinch treat it as a notification. Keep marketing out of it.',
  params: v.strictObject({
    text: described('What the person reads.', v.pipe(v.string(), v.nonEmpty())),
    within: v.optional(
      described('No answer is sent later than this after the message.', Duration),
      '5m',
    ),
    per_person: v.optional(
      described('The most answers to one person, of all rules together.', Rate),
      '3/hour',
    ),
    app_id: v.optional(
      described(
        'The app to send from where the callback names none.',
        v.pipe(v.string(), v.nonEmpty()),
      ),
    ),
  }),
  templates: ['text'],
  requiredFacts: ['app_id', 'channel', 'identity'],
  worksOnContacts: true,
  carriesFacts: ['sender_id'],
  carriesAddresses: 'all',
  delay: () => DELAY,
  // A message is answered once, whatever becomes known about the person later. A change is confirmed once, by whichever of its
  // messages: that is a claim of its own, since an event that arrives late can move the number of the change.
  claim: async (_, { effect }) => answerOf(effect),
  repliesToPerson: true,
  // A report of what the business sent itself answers to no one.
  isMeaningless: (trigger) => OWN_REPORTS.includes(trigger),
  holdable: true,
  budget: { count: 500, within: '1h', over: 'hold' },
  summary: ({ within }) => `answer the person within ${formatDuration(within)}`,
  async deliver({ text, within, per_person, app_id: named }, context) {
    const { subject, effect, objects, now, mayHaveRun, sinch } = context;
    const appId = subject.appId || named;
    if (!appId) return { skipped: 'the callback names no app to answer from: state one in app_id' };
    if (now > subject.eventTime + milliseconds(within))
      return { skipped: `more than ${formatDuration(within)} have passed` };
    if (mayHaveRun)
      return {
        skipped: 'an earlier try may have been sent, and a second answer is worse than none',
      };
    const address = await addresseeOf(appId, context);
    if ('skipped' in address) return address;
    const history = await historyOf(address, context);
    const mine = history.filter(({ callbackId }) => callbackId === subject.callbackId);
    if (mine.length > 0 && turnOf(history, subject.callbackId) === 0)
      return { skipped: 'consent did not change: it was confirmed before' };
    const near = history.some(
      ({ source, at }) => source === 'opt' && Math.abs(at - subject.eventTime) < milliseconds('5m'),
    );
    if (mine.length > 0 && near)
      return { skipped: 'the network opted the person out and answers itself' };
    if (!(await mayAnswer(address, per_person, context)))
      return { skipped: `the person got ${formatRate(per_person)}, the limit of answers` };
    const limits = objects.senders.of(appId, address.channel);
    const permit = await limits.permit({ content: CONTENT, count: 1, now });
    if (permit.granted < 1)
      return { later: permit.retryAfter ?? 60, reason: 'the sender is throttled' };
    const freeChange = await claimChange(address, history, context);
    if (freeChange === undefined) {
      await limits.giveBack(CONTENT, 1, now);
      return { skipped: 'this change was confirmed before' };
    }
    const sender = effect.facts.sender_id;
    const message = {
      app_id: appId,
      recipient: recipientOf(address),
      message: { text_message: { text } },
      ...contentType(CONTENT),
      channel_priority_order: [address.channel],
      ...(address.channel === 'SMS' && typeof sender === 'string'
        ? { channel_properties: { SMS_SENDER: sender } }
        : {}),
    };
    const { messageId } = await sendOrUndo(
      async () => sinch().send(message),
      async () => {
        await freeChange();
        await limits.giveBack(CONTENT, 1, now);
      },
    );
    return { did: `answered as ${messageId}` };
  },
});
