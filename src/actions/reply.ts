import * as v from 'valibot';
import { type ConsentEvent, consentStateOf, consentStates } from '../objects/recipients/consent.ts';
import { type Content, Duration, milliseconds, saidDuration } from '../rules/model/values.ts';
import { contentType, recipientOf, sendOr } from '../sinch/client.ts';
import { addressOf, defineAction, type EffectContext } from './action.ts';

/** The network's own opt-out callback may come a little after the word itself: wait for it, in seconds. */
const PATIENCE = 5;

/** It asks for a permit as what it is sent as. */
const CONTENT = 'notification' satisfies Content;

/** How often a history turned, up to and with the changes of one callback; 0 when that callback changed nothing. */
function turnOf(history: readonly ConsentEvent[], callbackId: string): number {
  let turns = 0;
  let stood = JSON.stringify(consentStateOf([]).scopes);
  for (const { event, state } of consentStates(history)) {
    const stands = JSON.stringify(state.scopes);
    if (stands === stood) continue;
    turns += 1;
    if (event.callbackId === callbackId) return turns;
    stood = stands;
  }
  return 0;
}

/** A message and its redacted copy are two callbacks and one thing to answer. */
function answerOf({ key, rule, subject: { trigger, messageId } }: EffectContext['effect']): string {
  if (!messageId || !trigger.startsWith('MESSAGE_INBOUND')) return key;
  return `reply/${messageId}/${rule.name}/${key.slice(key.lastIndexOf('/') + 1)}`;
}

const historyOf = async ({ objects, subject }: EffectContext): Promise<readonly ConsentEvent[]> =>
  (await objects.recipients.read([addressOf(subject)]))[0]?.history ?? [];

/**
 * Answers the person who just wrote. A change of consent is confirmed once a person and change, within five minutes
 * (47 CFR 64.1200(a)(12) allows one text without marketing), and never where the network answers itself. Consent is not asked: a STOP
 * is confirmed and a HELP answered (CTIA) to people who get nothing else. A throttle of notifications holds it back.
 */
export const reply = defineAction({
  name: 'reply',
  kind: 'effect',
  description:
    'Answers the person who just wrote, by the channel they wrote on: once a message, and a change of consent once a change, also to people who said STOP. It is a notification to the throttle and to Sinch. Keep marketing out of it.',
  params: v.strictObject({
    text: v.pipe(v.string(), v.nonEmpty()),
    within: v.optional(Duration, '5m'),
  }),
  templates: ['text'],
  requiredFacts: ['app_id', 'channel', 'identity'],
  carriesFacts: ['sender_id'],
  delay: () => PATIENCE,
  claim: async (_, context) => {
    const { subject, effect, objects } = context;
    const turn = turnOf(await historyOf(context), subject.callbackId);
    return turn === 0
      ? answerOf(effect)
      : `reply/${await objects.recipients.personOf(addressOf(subject))}/${turn}`;
  },
  summary: ({ within }) => `answer the person within ${saidDuration(within)}`,
  async deliver({ text, within }, context) {
    const { subject, effect, objects, now, lapsed, sinch } = context;
    if (now > subject.eventTime + milliseconds(within))
      return { skipped: `more than ${saidDuration(within)} have passed` };
    if (lapsed) return { skipped: 'an earlier try may have gone out, and nobody wants two' };
    const history = await historyOf(context);
    const mine = history.filter(({ callbackId }) => callbackId === subject.callbackId);
    if (mine.length > 0 && turnOf(history, subject.callbackId) === 0)
      return { skipped: 'nothing changed: it was confirmed before' };
    const near = history.some(
      ({ source, at }) => source === 'opt' && Math.abs(at - subject.eventTime) < milliseconds('5m'),
    );
    if (mine.length > 0 && near)
      return { skipped: 'the network suppressed the person and answers itself' };
    const address = addressOf(subject);
    const limits = objects.senders.of(subject.appId, address.channel);
    const permit = await limits.permit({ content: CONTENT, count: 1, now });
    if (permit.granted < 1)
      return { later: permit.retryAfter ?? 60, reason: 'the sender is throttled' };
    const sender = effect.facts.sender_id;
    const message = {
      app_id: subject.appId,
      recipient: recipientOf(address),
      message: { text_message: { text } },
      ...contentType(CONTENT),
      channel_priority_order: [address.channel],
      ...(address.channel === 'SMS' && typeof sender === 'string'
        ? { channel_properties: { SMS_SENDER: sender } }
        : {}),
    };
    const { messageId } = await sendOr(
      async () => sinch().send(message),
      () => limits.giveBack(CONTENT, 1, now),
    );
    return { did: `answered as ${messageId}` };
  },
});
