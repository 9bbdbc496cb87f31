import * as v from 'valibot';
import type { Address } from '../../callbacks/model.ts';
import { Submitted } from '../../objects/record-state.ts';
import type { Content } from '../../rules/model/values.ts';
import { contentOf, recipientOf, type SendRequest, type Source } from '../../sinch/client.ts';
import { addressOf, type EffectContext } from '../action.ts';
import { includesContent } from './same-message.ts';

/** The message to resend, to the same address, with the customer's metadata unchanged. */
export interface Original {
  readonly request: SendRequest;
  readonly address: Address;
  /** Where Sinch stores it; unknown if neither the callback nor our copy has the processing mode. */
  readonly source: Source | undefined;
  /** Its content type, if known; a template sent instead is another message. */
  readonly content: Content | undefined;
}

/** A template by its id. Source: Sinch specification, TemplateReference. */
export const Template = v.strictObject({
  template_id: v.pipe(v.string(), v.nonEmpty()),
  version: v.optional(v.string()),
  language_code: v.optional(v.string()),
  parameters: v.optional(v.record(v.string(), v.string())),
});

/** What a rule changes in the resent message. */
interface Changes {
  readonly then_channel?: string | undefined;
  readonly template?: v.InferOutput<typeof Template> | undefined;
}

/** The message to resend: our encrypted copy from MESSAGE_SUBMIT, else Sinch's. DISPATCH apps store nothing at Sinch by default. */
export async function originalOf(
  context: EffectContext,
  sealed: string | undefined,
  { then_channel, template }: Changes,
): Promise<Original | { skipped: string; notify?: true }> {
  const { subject, dataKey, sinch } = context;
  const here = addressOf(subject);
  if (then_channel && !/^\+?\d+$/.test(here.identity))
    return { skipped: `${here.channel} does not identify the person by a phone number` };
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
        'there is no copy of the message: MESSAGE_SUBMIT is not subscribed, or the copy has expired (setting MESSAGE_RETENTION)',
      notify: true,
    };
  // A delivery report may lack them (the 2021 format does) or leave them empty.
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

/** DISPATCH if any source says so: such a message is not looked up and not repeated. */
function sourceOf(modes: readonly (string | undefined)[]): Source | undefined {
  if (modes.includes('DISPATCH')) return 'DISPATCH_SOURCE';
  return modes.includes('CONVERSATION') ? 'CONVERSATION_SOURCE' : undefined;
}

/**
 * The id of a copy that was sent since `at` (milliseconds), if Sinch has one; `unknowable` in DISPATCH mode, where Sinch stores
 * nothing, and when the mode is unknown.
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
      includesContent(app_message, request.message) &&
      (metadata ?? '') === (request.message_metadata ?? ''),
  )?.id;
}
