import * as v from 'valibot';
import { NUMBERED_CHANNELS } from '../callbacks/person.ts';
import { AppError, codeOf } from '../errors.ts';
import { refusalOf, type Scope } from '../objects/recipients/consent.ts';
import {
  Content,
  described,
  formatDuration,
  formatRate,
  Lifetime,
  milliseconds,
  Rate,
  Wait,
} from '../rules/model/values.ts';
import type { ParamDoubt } from '../rules/model/vocabulary.ts';
import { contentType, sendOrUndo } from '../sinch/client.ts';
import type { Outcome } from '../work/effect.ts';
import { defineAction, type EffectContext, type StoryContext } from './action.ts';
import { findSent, originalOf, Template } from './parts/resend.ts';
import { retryLimit } from './parts/retry-limits.ts';

/** The sender name under which all retries of an app share a rate limit. No channel has this name. */
const RETRIES = 'SIGNALBOX-RETRIES';

const Params = v.pipe(
  v.strictObject({
    at_most: described(
      'How many times the message is sent again.',
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)),
    ),
    first_delay: described('How long the first attempt waits.', Wait),
    factor: v.optional(
      described(
        'How many times as long as the one before each further attempt waits.',
        v.pipe(v.number(), v.minValue(1), v.maxValue(10)),
      ),
      2,
    ),
    within: described('No attempt comes later than this after the failure.', Lifetime),
    content: v.optional(
      described('The content type where it is not known: only /send records it.', Content),
      'marketing',
    ),
    per_app: v.optional(
      described(
        'The most retries of one app: many failures at once must not become many retries at once.',
        Rate,
      ),
      '1000/hour',
    ),
    then_channel: v.optional(
      described(
        'Another channel to send on, for people known by a phone number.',
        v.picklist(NUMBERED_CHANNELS),
      ),
    ),
    template: v.optional(
      described(
        'An approved template to send instead: it reaches people outside the WhatsApp service window.',
        Template,
      ),
    ),
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
 * Resends a failed message, once for each root message and attempt, so that two rules with `retry` resend once. messages:send has no
 * idempotency key: an attempt that may have been sent is looked up at Sinch first.
 */
export const retry = defineAction({
  name: 'retry',
  kind: 'effect',
  description:
    'Resends the failed message with growing delays; not after a delivery, not without consent, not faster than the throttle allows for `content`, never later than `within` after the failure.',
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
  delay,
  claim: async (_, { subject, objects }) => {
    const { root, attempt } = await objects.messages.lineage(subject.messageId ?? '');
    return `retry/${root}/${attempt + 1}`;
  },
  holdable: true,
  budget: { count: 500, within: '1h', over: 'hold' },
  resends: true,
  summary: ({ at_most, first_delay, within, then_channel, template }) =>
    `send ${template ? `template ${template.template_id}` : 'the message'} again${then_channel ? ` by ${then_channel}` : ''}, at most ${at_most === 1 ? 'once' : `${at_most} times`}, first after ${formatDuration(first_delay)}, no later than ${formatDuration(within)} after it failed`,
  doubts,
  simulate,
  deliver,
});

/** Retries that "within" leaves no time for, because each waits `factor` times as long as the one before. */
function doubts({ at_most, first_delay, factor, within }: Params): readonly ParamDoubt[] {
  let waited = 0;
  for (let attempt = 0; attempt < at_most; attempt++) {
    waited += milliseconds(first_delay) * factor ** attempt;
    if (waited <= milliseconds(within)) continue;
    const few = attempt === 1 ? 'only one retry fits' : `only ${attempt} retries fit`;
    return [
      {
        param: ['within'],
        code: 'times-contradict',
        message: `${few} into "within" (${formatDuration(within)}), though "at_most" allows ${at_most}: each waits ${factor} times as long as the one before`,
        hint: `write "at_most": ${attempt}, a longer "within" or a shorter "first_delay"`,
      },
    ];
  }
  return [];
}

const OPTED_OUT = 'the person asked for no more messages';
const REFUSED: Readonly<Record<Scope | 'review', string>> = {
  all: OPTED_OUT,
  marketing: OPTED_OUT,
  notification: OPTED_OUT,
  review: 'a message of the person may be a STOP and waits for a decision (GET /v1/reviews)',
};

/** Seconds before the next attempt. */
function delay(
  { first_delay, factor }: Pick<Params, 'first_delay' | 'factor'>,
  { attempt }: { readonly attempt?: unknown },
): number {
  return (milliseconds(first_delay) / 1000) * factor ** Number(attempt ?? 0);
}

/** Why a story's retry is skipped: the limits of the rule, a refusal, or the same attempt by another rule. */
function simulate(params: Params, { callback, attempt, world }: StoryContext): string | undefined {
  const { messageId = '', channel = '', identity = '', identityAppId } = callback.subject;
  const sent = { ...world.sendingsOf(messageId, callback.eventTime), attempt };
  const limit = retryLimit(params, sent, callback.receivedAt + delay(params, { attempt }) * 1_000);
  if (limit !== undefined) return limit;
  const appId = identityAppId ?? callback.envelope.appId;
  const refused = refusalOf(
    world.consent({ channel, identity, appId }),
    params.content,
    callback.envelope.appId,
  );
  if (refused) return REFUSED[refused];
  return world.claim(`retry/${world.originOf(messageId).root}/${attempt + 1}`)
    ? undefined
    : 'another rule, or the same callback, resent it';
}

async function deliver(params: Params, context: EffectContext): Promise<Outcome> {
  const { subject, objects, now } = context;
  const { root, attempt } = await objects.messages.lineage(subject.messageId ?? '');
  const next = attempt + 1;
  const lineage = await objects.messages.of(root).read();
  const first = lineage.firstFailedAt ?? subject.eventTime;
  const earlier = lineage.attempts.find(({ n }) => n === next);
  if (earlier?.state === 'sent')
    return { did: `was resent as ${earlier.messageId ?? ''} (attempt ${next})` };
  const limit = retryLimit(
    params,
    { attempt, firstFailedAt: first, delivered: lineage.delivered },
    now,
  );
  if (limit !== undefined) return { skipped: limit };

  const original = await originalOf(context, lineage.submitted, params);
  if ('skipped' in original) return original;
  const thread = objects.messages.of(root);
  const settle = async (messageId: string): Promise<Outcome> => {
    await objects.messages.of(messageId).link({ root, attempt: next });
    await thread.endAttempt({ n: next, state: 'sent', messageId, at: now });
    return { did: `resent as ${messageId} (attempt ${next})` };
  };
  // Only an attempt that started and never ended may have been sent.
  if (context.mayHaveRun && earlier?.state === 'started') {
    const found = await findSent(context, original, earlier.at);
    if (found === 'unknowable')
      return {
        skipped:
          'an earlier try may have been sent, and outside CONVERSATION mode Sinch stores no message to look it up',
      };
    if (found !== undefined) return settle(found);
  }
  const content = original.content ?? params.content;
  const permit = await permitFor({ ...params, content }, context, original.address);
  if (!('giveBack' in permit)) return permit;

  const { messageId } = await sendOrUndo(
    // "Started" makes an attempt unrepeatable in DISPATCH mode, so it is written when only the request is left to make.
    async () =>
      context.sinch().send({ ...original.request, ...contentType(content) }, async () => {
        await thread.startAttempt({ n: next, at: now });
      }),
    async (error) => {
      await thread.endAttempt({ n: next, state: 'failed', at: now, reason: codeOf(error) });
      await permit.giveBack();
    },
  );
  try {
    return await settle(messageId);
  } catch (cause) {
    // The message was sent: this failure must not make the next try send it again.
    throw new AppError('sinch_unsure', 'the message was resent, but that could not be stored', {
      cause,
    });
  }
}

/** Checks consent and takes the permits of a retry, as for any other send. `giveBack` returns the permits of a message that was not sent. */
async function permitFor(
  { content, per_app }: Params,
  { subject, objects, now }: EffectContext,
  address: { channel: string; identity: string; appId: string },
): Promise<Outcome | { giveBack: () => Promise<void> }> {
  const [consent] = await objects.recipients.read([address]);
  if (!consent) return { later: 60, reason: 'consent could not be read' };
  const refused = refusalOf(consent, content, subject.appId);
  if (refused) return { skipped: REFUSED[refused] };
  // The sender first: retries that wait for a throttled channel must not use up the app's rate for its other channels.
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
      reason: `retries of the app are limited to ${formatRate(per_app)}`,
    };
  }
  return {
    async giveBack() {
      await sender.giveBack(content, 1, now);
      await app.giveBack('other', 1, now, per_app);
    },
  };
}
