import * as v from 'valibot';
import { NUMBERED_CHANNELS } from '../callbacks/person.ts';
import { AppError, codeOf } from '../errors.ts';
import {
  Content,
  Lifetime,
  milliseconds,
  Rate,
  saidDuration,
  saidRate,
  Wait,
} from '../rules/model/values.ts';
import { contentType, sendOr } from '../sinch/client.ts';
import type { Outcome } from '../work/effect.ts';
import { defineAction, type EffectContext } from './action.ts';
import { findSent, originalOf, Template } from './parts/resend.ts';
import { isRefused, whyNotAgain } from './parts/retry-limits.ts';

/** An app's retries are a sender of their own. No channel is called so. */
const RETRIES = 'SIGNALBOX-RETRIES';

const Params = v.pipe(
  v.strictObject({
    at_most: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)),
    first_delay: Wait,
    factor: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(10)), 2),
    within: Lifetime,
    /** What it counts as, where it is not known what it was sent as: only `/send` knows. */
    content: v.optional(Content, 'marketing'),
    /** How fast an app's messages may be sent again, all together: a storm of failures must not become one of retries. */
    per_app: v.optional(Rate, '1000/hour'),
    /** Another channel to send on, for people who are known by a phone number: SMS after WHATSAPP. */
    then_channel: v.optional(v.picklist(NUMBERED_CHANNELS)),
    /** An approved template to send instead: the way back into a closed WhatsApp window. */
    template: v.optional(Template),
  }),
  v.forward(
    v.check(
      ({ first_delay, within }) => milliseconds(within) > milliseconds(first_delay),
      'is not longer than "first_delay": the message would never be sent again',
    ),
    ['within'],
  ),
);
type Params = v.InferOutput<typeof Params>;

/**
 * Sends a failed message again. What happens once is "root message × attempt", so two rules that both say retry send once.
 * messages:send has no idempotency key: an attempt that may have gone out is looked up at Sinch, and never repeated blindly.
 */
export const retry = defineAction({
  name: 'retry',
  kind: 'effect',
  description:
    'Sends the failed message again, later and later; not once it was delivered, not without consent, not faster than the throttle allows for `content`, never later than `within` after the failure.',
  params: Params,
  requiredFacts: ['message_id', 'status', 'app_id', 'channel', 'identity'],
  carriesFacts: ['attempt'],
  triggersCallbacks: [
    { trigger: 'MESSAGE_SUBMIT', facts: {} },
    ...['QUEUED_ON_CHANNEL', 'DELIVERED', 'READ'].map((status) => ({
      trigger: 'MESSAGE_DELIVERY',
      facts: { status },
    })),
  ],
  delay: ({ first_delay, factor }, { attempt }) =>
    (milliseconds(first_delay) / 1000) * factor ** Number(attempt ?? 0),
  claim: async (_, { subject, objects }) => {
    const { root, attempt } = await objects.messages.lineage(subject.messageId ?? '');
    return `retry/${root}/${attempt + 1}`;
  },
  summary: ({ at_most, first_delay, within, then_channel, template }) =>
    `send ${template ? `template ${template.template_id}` : 'the message'} again${then_channel ? ` by ${then_channel}` : ''}, at most ${at_most === 1 ? 'once' : `${at_most} times`}, first after ${saidDuration(first_delay)}, no later than ${saidDuration(within)} after it failed`,
  deliver,
});

async function deliver(params: Params, context: EffectContext): Promise<Outcome> {
  const { subject, objects, now } = context;
  const { root, attempt } = await objects.messages.lineage(subject.messageId ?? '');
  const next = attempt + 1;
  const lineage = await objects.messages.of(root).read();
  const first = lineage.firstFailedAt ?? subject.eventTime;
  const earlier = lineage.attempts.find(({ n }) => n === next);
  if (earlier?.state === 'sent')
    return { did: `was sent again as ${earlier.messageId ?? ''} (attempt ${next})` };
  const over = whyNotAgain(
    params,
    { attempt, firstFailedAt: first, delivered: lineage.delivered },
    now,
  );
  if (over !== undefined) return { skipped: over };

  const original = await originalOf(context, lineage.submitted, params);
  if ('skipped' in original) return original;
  const thread = objects.messages.of(root);
  const settle = async (messageId: string): Promise<Outcome> => {
    await objects.messages.of(messageId).link({ root, attempt: next });
    await thread.endAttempt({ n: next, state: 'sent', messageId, at: now });
    return { did: `sent again as ${messageId} (attempt ${next})` };
  };
  // What never began, or definitely failed, did not go out: only what began and never ended may have.
  if (context.lapsed && earlier?.state === 'started') {
    const found = await findSent(context, original, earlier.at);
    if (found === 'unknowable')
      return {
        skipped:
          'an earlier try may have gone out, and outside of CONVERSATION mode Sinch keeps nothing to look it up in',
      };
    if (found !== undefined) return settle(found);
  }
  const content = original.content ?? params.content;
  const permit = await permitFor({ ...params, content }, context, original.address);
  if (!('giveBack' in permit)) return permit;

  await thread.startAttempt({ n: next, at: now });
  const { messageId } = await sendOr(
    async () => context.sinch().send({ ...original.request, ...contentType(content) }),
    async (error) => {
      await thread.endAttempt({ n: next, state: 'failed', at: now, reason: codeOf(error) });
      await permit.giveBack();
    },
  );
  try {
    return await settle(messageId);
  } catch (cause) {
    // It went out: whatever failed here must not make the next try send it once more.
    throw new AppError('sinch_unsure', 'the message was sent again, and that could not be noted', {
      cause,
    });
  }
}

/** Consent and throttle bind our own retries like everybody else's sends. What is not sent then is given back. */
async function permitFor(
  { content, per_app }: Params,
  { subject, objects, now }: EffectContext,
  address: { channel: string; identity: string; appId: string },
): Promise<Outcome | { giveBack: () => Promise<void> }> {
  const [consent] = await objects.recipients.read([address]);
  const scopes = consent?.scopes;
  if (!scopes) return { later: 60, reason: 'consent could not be read' };
  if (isRefused(content, scopes)) return { skipped: 'the person asked for no more messages' };
  // The sender is asked first: what waits for one throttled channel must not use up the app's share of the others.
  const sender = objects.senders.of(subject.appId, address.channel);
  const permit = await sender.permit({ content, count: 1, now });
  if (permit.granted < 1)
    return { later: permit.retryAfter ?? 60, reason: 'the sender is throttled' };
  const app = objects.senders.of(subject.appId, RETRIES);
  const paced = await app.permit({ content: 'other', count: 1, now, or: per_app });
  if (paced.granted < 1) {
    await sender.giveBack(content, 1, now);
    return {
      later: paced.retryAfter ?? 60,
      reason: `the app may send again ${saidRate(per_app)}`,
    };
  }
  return {
    async giveBack() {
      await sender.giveBack(content, 1, now);
      await app.giveBack('other', 1, now, per_app);
    },
  };
}
