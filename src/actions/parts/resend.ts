import * as v from 'valibot';
import type { Address } from '../../callbacks/model.ts';
import { Submitted } from '../../objects/record-state.ts';
import type { Content } from '../../rules/model/values.ts';
import { contentOf, recipientOf, type SendRequest, type Source } from '../../sinch/client.ts';
import { addressOf, type EffectContext } from '../action.ts';
import { holds } from './same-message.ts';

/** What is sent again: the very message, to the very address, with the customer's metadata untouched. */
export interface Original {
  readonly request: SendRequest;
  readonly address: Address;
  /** Where Sinch keeps it; unknown where neither the callback nor our copy names the mode. */
  readonly source: Source | undefined;
  /** What it was sent as the first time, where that is known; a template sent instead is another message. */
  readonly content: Content | undefined;
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
  const copy = sealed ? v.parse(Submitted, JSON.parse(await dataKey.decrypt(sealed))) : undefined;
  const source = sourceOf([subject.processingMode, copy?.processingMode]);
  const stored =
    copy || template
      ? undefined
      : await sinch().message(subject.messageId ?? '', source ?? 'CONVERSATION_SOURCE');
  const message = template
    ? { template_message: { omni_template: template } }
    : (copy?.message ?? stored?.app_message);
  if (!message)
    return {
      skipped:
        'no copy of the message: MESSAGE_SUBMIT is not subscribed, or it was submitted longer ago than copies are kept (setting MESSAGE_RETENTION)',
      tell: true,
    };
  // A receipt need not carry them (the 2021 shape does not), and leaves them empty where it does not.
  const metadata = subject.metadata || copy?.metadata || stored?.metadata;
  const correlationId = subject.correlationId || copy?.correlationId;
  const { message_content_type, ...options } = copy?.options ?? {};
  return {
    address,
    source,
    content: template ? undefined : contentOf(message_content_type),
    request: {
      ...options,
      app_id: subject.appId,
      recipient: recipientOf(address),
      message,
      ...(metadata ? { message_metadata: metadata } : {}),
      ...(correlationId ? { correlation_id: correlationId } : {}),
      channel_priority_order: [address.channel],
    },
  };
}

/** DISPATCH where anybody says so: what is taken for it is not looked up, and not repeated. */
function sourceOf(modes: readonly (string | undefined)[]): Source | undefined {
  if (modes.includes('DISPATCH')) return 'DISPATCH_SOURCE';
  return modes.includes('CONVERSATION') ? 'CONVERSATION_SOURCE' : undefined;
}

/**
 * The id of a send that may have gone out since `at`, if Sinch shows one; `unknowable` in DISPATCH mode, where Sinch keeps nothing,
 * and where the mode is not known: that Sinch shows nothing then says nothing.
 */
export async function findSent(
  { sinch, subject }: EffectContext,
  { request, address, source }: Original,
  at: number,
): Promise<string | 'unknowable' | undefined> {
  if (source !== 'CONVERSATION_SOURCE') return 'unknowable';
  const sent = await sinch().messagesTo(address, subject.appId, at - 5_000, source);
  return sent.find(
    ({ id, app_message, metadata }) =>
      id !== subject.messageId &&
      holds(app_message, request.message) &&
      (metadata ?? '') === (request.message_metadata ?? ''),
  )?.id;
}
