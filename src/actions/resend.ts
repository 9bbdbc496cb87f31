import * as v from 'valibot';
import type { Address } from '../callbacks/trigger.ts';
import { Submitted } from '../entities/remember.ts';
import { recipientOf, type SendRequest, type Source } from '../sinch/client.ts';
import { addressOf, type EffectContext } from './action.ts';

/** What is sent again: the very message, to the very address, with the customer's metadata untouched. */
export interface Original {
  readonly request: SendRequest;
  readonly address: Address;
  readonly source: Source;
}

/** A template by its id, as Sinch takes it. Source: Sinch specification, TemplateReference. */
export const Template = v.strictObject({
  template_id: v.pipe(v.string(), v.nonEmpty()),
  version: v.optional(v.string()),
  language_code: v.optional(v.string()),
  parameters: v.optional(v.record(v.string(), v.string())),
});

/** What a rule wants to be different the second time. */
interface Changes {
  readonly then_channel?: string | undefined;
  readonly template?: v.InferOutput<typeof Template> | undefined;
}

/** The message to send again: our sealed copy from MESSAGE_SUBMIT, else Sinch's own. DISPATCH apps store nothing at Sinch unless told to. */
export async function originalOf(
  context: EffectContext,
  sealed: string | undefined,
  { then_channel, template }: Changes,
): Promise<Original | { skipped: string; tell?: true }> {
  const { subject, dataKey, sinch } = context;
  const here = addressOf(subject);
  if (then_channel && !/^\+?\d+$/.test(here.identity))
    return { skipped: `${here.channel} names the person by no phone number` };
  const address = then_channel ? { ...here, channel: then_channel } : here;
  const source: Source = subject.processingMode === 'DISPATCH' ? 'DISPATCH_SOURCE' : 'CONVERSATION_SOURCE';
  const kept = async () =>
    sealed
      ? v.parse(Submitted, JSON.parse(await dataKey.unseal(sealed))).message
      : (await sinch().message(subject.messageId ?? '', source))?.app_message;
  const message = template ? { template_message: { omni_template: template } } : await kept();
  if (!message) return { skipped: 'no copy of the message: subscribe MESSAGE_SUBMIT so that one is kept', tell: true };
  return {
    address,
    source,
    request: {
      app_id: subject.appId,
      recipient: recipientOf(address),
      message,
      ...(subject.metadata ? { message_metadata: subject.metadata } : {}),
      ...(subject.correlationId ? { correlation_id: subject.correlationId } : {}),
      channel_priority_order: [address.channel],
    },
  };
}

/** The id of a send that may have gone out since `at`, if Sinch shows one; `unknowable` in DISPATCH mode, where Sinch keeps nothing. */
export async function findSent(
  { sinch, subject }: EffectContext,
  { request, address, source }: Original,
  at: number,
): Promise<string | 'unknowable' | undefined> {
  if (source === 'DISPATCH_SOURCE') return 'unknowable';
  const wanted = JSON.stringify(request.message);
  const sent = await sinch().messagesTo(address, subject.appId, at - 5_000, source);
  return sent.find(
    ({ id, app_message, metadata }) =>
      id !== subject.messageId &&
      JSON.stringify(app_message) === wanted &&
      (metadata ?? '') === (request.message_metadata ?? ''),
  )?.id;
}
